"""What a zygote imports before it forks, so that no call has to: the larger it is, the longer a fork takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox_runner.outcome import Module


@dataclass(frozen=True)
class Preload:
    """`imports` are modules of the interpreter and its site-packages; `modules` are trusted sources, kept in memory.

    A dotted name in `modules` makes packages of its parents; the source of a package stands under its own name. The
    modules of `warming` are imported last, for what they do, and forgotten.
    """

    imports: tuple[str, ...] = ()
    modules: Mapping[str, Module] = field(default_factory=dict)
    warming: Mapping[str, Module] = field(default_factory=dict)


_COMMON = "collections dataclasses functools itertools json math random re statistics typing".split()

# numpy loads its random package and libcst its parser on first use; every single job would pay for that again.
_WARM = """
import libcst, numpy
numpy.random.default_rng(0).random()
libcst.parse_module("x = 1").code
"""

DEFAULTS: Mapping[str, Preload] = {
    "bare": Preload(tuple(_COMMON)),
    "full": Preload((*_COMMON, "numpy", "numpy.random", "libcst"), warming={"_warm": Module(_WARM)}),
}
