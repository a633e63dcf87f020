"""What a zygote imports before it forks, so that no call has to: the larger it is, the longer a fork takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox_runner.outcome import Module


@dataclass(frozen=True)
class Preload:
    """`imports` are modules of the interpreter and its site-packages; `modules` are trusted sources, kept in memory.

    A dotted name in `modules` makes packages of its parents; the source of a package stands under its own name. The
    modules of `warming` are imported last, for what they do, and forgotten.

    `held` are foreign modules that calls often bring along: a call that has one of them unchanged need not carry it.
    Those named by `ready`, which import nothing but each other, are even executed beforehand, in that order, for calls
    that bring every one of them unchanged. They must be trusted, and fit to be used by code that is not.
    """

    imports: tuple[str, ...] = ()
    modules: Mapping[str, Module] = field(default_factory=dict)
    warming: Mapping[str, Module] = field(default_factory=dict)
    held: Mapping[str, Module] = field(default_factory=dict)
    ready: tuple[str, ...] = ()

    def holds(self, name: str, module: Module | None) -> bool:
        """Whether a call need not carry this foreign module."""
        return module is not None and name in self.held and self.held[name].source == module.source

    def readies(self, foreign: Mapping[str, Module]) -> bool:
        """Whether a call with these foreign modules finds the ones that are ready in the place of its own."""
        return bool(self.ready) and all(self.holds(name, foreign.get(name)) for name in self.ready)


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
