"""What a machine can jail with: on this one, and on ones that lack a layer, imitated by really taking it away."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox_runner import layers, seccomp, syscalls
from sandbox_runner.probes import LEVELS

ROOT = str(Path(__file__).parents[2])
TELL = """
import json, sys
from sandbox_runner import Call, Module, Pool, layers, probes
try:
    level = probes.level()
    with Pool(1) as pool:
        pool.submit(Call("h:run", {"h": Module("def run(api): return 5")}))
        answer = pool.wait(60)[0].outcome.value
except probes.SandboxUnavailable as error:
    level, answer = str(error), None
print(json.dumps([[layer.name for layer in layers() if not layer.present], level, answer]))
"""
# The numbers of unshare, and of the first call that landlock needs.
UNSHARE = {"x86_64": 272, "aarch64": 97}.get(platform.machine(), -1)
LANDLOCK = 444


def without(*numbers: int, prefix: tuple[str, ...] = ()) -> tuple[list[str], str, object]:
    """What a machine says of itself that refuses these system calls: the layers it lacks, its level, an answer."""

    def refuse() -> None:
        listed: dict[int, seccomp.Rule] = {number: seccomp.Answer(0x7FFF0000) for number in range(451)}
        for number in numbers:
            del listed[number]
        syscalls.no_new_privileges()
        syscalls.Filter(seccomp.compiled(seccomp._ARCHITECTURES[platform.machine()][0], listed)).install()

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([ROOT, *filter(None, sys.path)])}
    command = [*prefix, sys.executable, "-c", TELL]
    result = subprocess.run(
        command, stdout=subprocess.PIPE, env=environment, check=True, timeout=60, preexec_fn=refuse if numbers else None
    )
    missing, level, answer = json.loads(result.stdout)
    return missing, level, answer


def test_every_layer_says_how_it_was_tried_what_it_stops_and_how_to_mend_it() -> None:
    found = layers()
    assert {layer.name for layer in found} == {
        "user", "mount", "pid", "network", "ipc", "uts", "namespaces", "landlock", "seccomp", "other entries",
        "limits", "privileges", "capabilities", "pidfd", "programs", "overlays",
    }  # fmt: skip
    for layer in found:
        assert layer.how and layer.stops
        assert bool(layer.mend) is not layer.present
    landlock = next(layer for layer in found if layer.name == "landlock")
    assert "(ABI " in landlock.how or not landlock.present


@pytest.mark.skipif("namespaces" not in {layer.name for layer in layers() if layer.present}, reason="none to take away")
def test_where_user_namespaces_are_used_up_landlock_is_the_wall() -> None:
    """The very setting of a hardened machine, in a namespace of its own."""
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    missing, level, answer = without(prefix=("unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"))
    assert {"user", "namespaces", "programs", "overlays"} <= set(missing)
    assert (level, answer) == ("landlock", 5)


@pytest.mark.skipif(UNSHARE < 0, reason="the numbers of this machine's calls are not known here")
def test_where_unshare_is_refused_as_in_a_container_landlock_is_the_wall() -> None:
    missing, level, answer = without(UNSHARE)
    assert set(missing) == {
        "user", "mount", "pid", "network", "ipc", "uts", "namespaces", "programs", "overlays",
    }  # fmt: skip
    assert (level, answer) == ("landlock", 5)


@pytest.mark.skipif(UNSHARE < 0, reason="the numbers of this machine's calls are not known here")
def test_where_neither_is_to_be_had_nothing_is_run_and_one_line_says_why() -> None:
    missing, words, answer = without(UNSHARE, LANDLOCK)
    assert {"namespaces", "landlock"} <= set(missing)
    assert words.startswith("no jail on this machine: no namespaces (") and "and no landlock (" in words
    assert "\n" not in words
    assert answer is None


@pytest.mark.skipif("landlock" not in {layer.name for layer in layers() if layer.present}, reason="none to take away")
def test_without_landlock_namespaces_still_stand() -> None:
    missing, level, answer = without(LANDLOCK)
    assert missing == ["landlock"]
    assert (level, answer) == ("namespaces", 5)


def test_both_levels_say_what_is_to_be_had_with_them() -> None:
    assert "no folder to write in at all" in LEVELS["landlock"]
    assert "a private folder to write in" in LEVELS["namespaces"]
