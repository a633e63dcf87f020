"""The jail with one layer switched off, to see which attacks it is that the layer stops.

Nothing in the project can do this. A pool starts its workers, and a worker its zygotes, with a few lines of source;
here those lines are given others to run first, which replace a function of the jail in that process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox_runner import Profile, process
from tests.attacks.registry import PURE, TOOLS

_HEAD = """
import os, resource, socket, sys
from sandbox_runner import entry, jail, scratch, seccomp, syscalls, zygote
nothing = lambda *_, **__: None
def unlimited(*kinds):
    limit = resource.setrlimit
    resource.setrlimit = lambda kind, value: None if kind in kinds else limit(kind, value)
"""
_WORKER = """
from sandbox_runner import launch
assert launch._BOOT.count("\\nmain(") == 1
launch._BOOT = launch._BOOT.replace("\\nmain(", {zygote!r} + "\\nmain(")
"""
# Not among the names of the zygote's own script: those it drops before its first job.
_APART = "\nexec({source!r}, {{'__name__': 'without'}})"
_LEAK = """
import os, subprocess
class Leak(subprocess.Popen):
    DEVNULL = subprocess.DEVNULL
    def __init__(self, *all, pass_fds, **more):
        spilled = [fd for fd in range(3, 256) if os.path.exists(f"/proc/self/fd/{fd}") and os.get_inheritable(fd)]
        super().__init__(*all, pass_fds=(*pass_fds, *spilled), **more)
Leak.Popen = Leak
"""


@dataclass(frozen=True)
class Layer:
    """A layer, the source that switches it off, and the attacks that then succeed.

    Where others cover the same attacks, they are switched off as well and `breaks` says what holds no more without all
    of them. An empty `breaks` says that no attack succeeds without this layer alone.
    """

    name: str
    breaks: tuple[str, ...]
    zygote: str = ""
    worker: str = ""
    host: tuple[str, ...] = ()
    """Variables of the environment that are passed on to the worker."""
    spills: bool = False
    """The host hands all descriptors to its workers that are not marked to be kept."""
    also: tuple[str, ...] = ()
    """Layers by name that are off too."""
    profile: Profile = PURE
    sandbox: str = "namespaces"
    user: str = ""
    """ "root" if only root can switch it off, "ordinary" if the attacks are those of one who has nothing to lose."""


LAYERS = (
    Layer(
        "user namespace",
        ("starts_threads_without_end",),
        """
def unshare_all():
    syscalls.unshare(jail._NEW & ~syscalls.NEWUSER)
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
jail._unshare_all, jail._become_nobody, jail._forbid_namespaces_below = unshare_all, nothing, nothing
""",
        user="root",
    ),
    Layer(
        "mount namespace and root",
        ("opens_a_file_in_a_home", "reads_the_targets", "opens_the_archive", "lists_the_users", "measures_a_file"),
        """
jail.build_root, jail._become_nobody, entry._become_the_one_inside = nothing, nothing, nothing
jail.close_proc = nothing
scratch._PLACE = scratch._HOME = dict.fromkeys(scratch._PLACE, "/var/tmp")
""",
    ),
    Layer(
        "pid namespace",
        ("leaves_a_demon", "leaves_an_orphan", "leaves_a_program"),
        "jail.Walls.fork = lambda self: os.fork()",
        profile=TOOLS,
    ),
    Layer("network namespace", (), "jail._NEW &= ~syscalls.NEWNET"),
    Layer("network namespace, tools", (), "jail._NEW &= ~syscalls.NEWNET", profile=TOOLS),
    Layer("network namespace and seccomp", ("sends_by_udp",), also=("network namespace", "seccomp")),
    Layer(
        "network namespace, landlock and seccomp",
        ("connects_by_tcp", "connects_by_an_abstract_socket", "sends_to_an_abstract_socket"),
        also=("network namespace", "seccomp", "landlock"),
    ),
    Layer(
        "network namespace and landlock, tools",
        ("connects_by_an_abstract_socket",),
        also=("network namespace, tools", "landlock"),
        profile=TOOLS,
    ),
    Layer("ipc namespace", (), "jail._NEW &= ~syscalls.NEWIPC"),
    Layer("ipc namespace and seccomp", ("attaches_a_shared_segment",), also=("ipc namespace", "seccomp")),
    Layer(
        "uts namespace",
        ("asks_for_the_name_of_the_host",),
        "jail._NEW &= ~syscalls.NEWUTS\njail.socket.sethostname = nothing",
    ),
    Layer("cgroup namespace", ("reads_its_group",), "jail._NEW &= ~syscalls.NEWCGROUP", profile=TOOLS),
    Layer("no namespaces below", (), "jail._forbid_namespaces_below = nothing"),
    Layer(
        "no namespaces below, and seccomp",
        ("unshares_a_user_namespace", "clones_into_a_user_namespace", "clones_into_a_user_namespace_by_a_structure"),
        also=("no namespaces below", "seccomp"),
    ),
    Layer(
        "read-only root",
        ("keeps_a_file_for_the_next_call",),
        """
mount = syscalls.mount
syscalls.mount = lambda *all: None if all[3:] and all[3] & syscalls.MS_REMOUNT else mount(*all)
""",
    ),
    Layer("read-only root and landlock", ("changes_the_list_of_users",), also=("read-only root", "landlock")),
    Layer("read-only copies", (), "syscalls.mount_setattr = nothing"),
    Layer(
        "read-only copies, what lies on top of them, and landlock",
        ("changes_an_installed_package", "plants_a_package"),
        also=("read-only copies", "file systems of its own on top of the interpreter's", "landlock"),
    ),
    Layer(
        "file systems of its own on top of the host's",
        ("locks_a_file_that_all_can_read", "reads_how_it_looks_from_outside"),
        """
mount = syscalls.mount
def without_overlays(source, *more):
    if source == "overlay": raise OSError(source)
    mount(source, *more)
syscalls.mount = without_overlays
""",
        profile=TOOLS,
    ),
    Layer(
        "file systems of its own on top of the interpreter's",
        ("reads_compiled_files", "reads_how_python_was_built"),
        "from sandbox_runner import veil\nveil.draw = nothing",
    ),
    Layer(
        "a memory without names of the host's",
        ("searches_its_memory_for_folders",),
        "from sandbox_runner import oblivion\noblivion.forget = nothing",
    ),
    Layer(
        "file systems of its own on top of the interpreter's, for programs",
        ("reads_compiled_files", "reads_how_python_was_built", "searches_a_new_interpreter_for_folders"),
        "from sandbox_runner import veil\nveil.draw = nothing",
        profile=TOOLS,
    ),
    Layer(
        "a memory without names of the host's, for programs",
        ("searches_its_memory_for_folders",),
        "from sandbox_runner import oblivion\noblivion.forget = nothing",
        profile=TOOLS,
    ),
    Layer(
        "a new folder for each call",
        ("keeps_a_file_for_the_next_call",),
        """
build = jail.build_root
def build_root(trees, masked, profile, *more, **options):
    build(trees, masked, profile, *more, **options)
    syscalls.mount("tmpfs", scratch.place(profile), "tmpfs", 0, "mode=700")
jail.build_root = build_root
scratch.made, scratch.enter = lambda *_: -1, lambda folder, profile: os.chdir(scratch.place(profile))
""",
    ),
    Layer(
        "a folder of limited size",
        ("fills_the_disk", "fills_the_list_of_files"),
        "made = scratch.made\nscratch.made = lambda profile, size, files: made(profile, 1 << 28, 1 << 16)",
    ),
    Layer(
        "taking the old root away",
        ("looks_below_the_old_root",),
        "jail.syscalls.umount, jail.Path.rmdir = nothing, nothing",
    ),
    Layer("landlock", (), "jail._rulesets = lambda *_: []"),
    Layer(
        "landlock, level landlock",
        ("opens_a_file_in_a_home", "overwrites_a_file", "writes_to_a_folder_of_all",
         "reads_the_environment_of_others"),
        also=("landlock",),
        sandbox="landlock",
        user="ordinary",
    ),
    Layer(
        "seccomp",
        ("forks", "spawns", "speaks_to_the_hypervisor", "asks_for_a_key", "hides_memory",
         "keeps_a_key_for_the_next_call", "keeps_a_queue_for_the_next_call",
         "watches_files", "makes_a_setuid_file", "changes_its_personality", "makes_files_without_a_name",
            "takes_a_lease_on_a_file", "becomes_a_program_in_memory"),
        "syscalls.Filter.install = nothing\nsyscalls.Filter.supervise = lambda self: -1",
    ),
    Layer(
        "file systems of its own on top of the interpreter's, and seccomp",
        ("locks_a_file_that_all_can_read",),
        also=("file systems of its own on top of the interpreter's", "seccomp"),
    ),
    Layer("seccomp, level landlock", ("sends_by_udp", "forks"), also=("seccomp",), sandbox="landlock"),
    Layer("seccomp, tools", ("runs_a_setuid_program", "forks_in_32_bits"), also=("seccomp",), profile=TOOLS),
    Layer(
        "seccomp and landlock, level landlock",
        ("kills_a_process", "slows_a_process_down", "limits_a_process", "reads_the_memory_of_a_process"),
        also=("seccomp", "landlock"),
        sandbox="landlock",
        user="ordinary",
    ),
    Layer(
        "seccomp's refusal of 32 bits",
        ("forks_in_32_bits",),
        "seccomp.compiled = lambda token, listed: seccomp._load(0) + seccomp._tree(seccomp._ranges(listed))",
    ),
    Layer("capabilities", (), "syscalls.drop_capabilities = nothing"),
    Layer(
        "capabilities and seccomp",
        ("starts_with_rights",),
        also=("capabilities", "seccomp"),
    ),
    Layer(
        "capabilities, landlock and seccomp",
        ("mounts", "makes_its_root_writable", "mounts_by_the_new_calls", "unmounts", "turns_the_root_around",
         "unshares_other_namespaces", "opens_a_raw_socket", "renames_the_machine", "restarts_the_machine",
         "takes_back_its_rights"),
        also=("capabilities", "landlock", "seccomp"),
    ),
    Layer(
        "user namespace, capabilities, landlock and seccomp",
        ("loads_a_bpf_program", "counts_events_of_the_processor", "reads_the_log_of_the_kernel",
         "makes_a_device", "reads_a_block_device", "takes_precedence", "becomes_root",
         "opens_by_handle", "switches_on_accounts_and_swap"),
        also=("user namespace", "capabilities", "landlock", "seccomp"),
        user="root",
    ),
    Layer(
        "no new privileges, with seccomp and landlock, which need it",
        ("starts_with_rights",),
        "syscalls.no_new_privileges = nothing",
        also=("seccomp", "landlock"),
    ),
    Layer("limit of the address space", ("maps_shared_memory",), "unlimited(resource.RLIMIT_AS)"),
    Layer("limit of data", (), "unlimited(resource.RLIMIT_DATA)"),
    Layer(
        "limits of the address space and of data",
        ("makes_a_list", "makes_one_large_object", "maps_private_memory", "moves_the_end_of_its_data"),
        also=("limit of the address space", "limit of data"),
    ),
    Layer("limit of processor time", ("ignores_the_end_of_its_time",), "unlimited(resource.RLIMIT_CPU)"),
    Layer(
        "limit of a file's size",
        ("makes_a_file_of_a_terabyte", "stretches_its_answer", "floods_its_answer"),
        "unlimited(resource.RLIMIT_FSIZE)",
    ),
    Layer(
        "limit of a file's size, and a folder of limited size",
        ("fills_the_disk_with_one_file",),
        also=("limit of a file's size", "a folder of limited size"),
    ),
    Layer("limit of descriptors", ("opens_files_without_end",), "unlimited(resource.RLIMIT_NOFILE)"),
    Layer("limit of processes", ("starts_threads_without_end",), "unlimited(resource.RLIMIT_NPROC)"),
    Layer(
        "wall clock",
        ("sleeps", "ignores_all_signals", "asks_half_a_question", "never_reads_a_reply"),
        "watch = zygote._watch\nzygote._watch = lambda p, c, s, end, *more: watch(p, c, s, end + 3.5, *more)",
    ),
    Layer(
        "wall clock and limit of processor time",
        ("loops_in_c", "stops_the_counting", "matches_for_ever"),
        also=("wall clock", "limit of processor time"),
    ),
    Layer(
        "counted steps, wall clock and limit of processor time",
        ("loops_for_ever", "catches_its_end"),
        """
from sandbox_runner import steps
counter = steps.Counter
steps.Counter = lambda limit: counter(1 << 60)
""",
        also=("wall clock", "limit of processor time"),
    ),
    Layer(
        "census",
        ("shares_the_work_of_filling_memory", "shares_the_work_of_looping"),
        "jail.Walls.census = lambda *_: None",
        profile=TOOLS,
    ),
    Layer(
        "closing of descriptors",
        ("forges_a_message_of_its_zygote",),
        "zygote._close_all_but = nothing",
    ),
    Layer(
        "closing of descriptors, in host, worker and zygote",
        ("reads_inherited_descriptors", "writes_to_inherited_descriptors"),
        worker=_LEAK + "launch.subprocess = Leak",
        spills=True,
        also=("closing of descriptors",),
    ),
    Layer(
        "clean environment, of worker and zygote",
        ("reads_its_environment",),
        worker="import os\nlaunch._environment = lambda *_: dict(os.environ)",
        host=("SCENE_SECRET",),
    ),
    Layer(
        "a zygote that sees no payload",
        ("leaves_a_note_in_memory", "plants_a_module", "changes_the_judge"),
        """
end_of = zygote._run
def run(order, fds, control, supervisor, walls, guest):
    guest.outcome(os.pread(fds[0], os.fstat(fds[0]).st_size, 0), fds[2])
    for name in ("attack", "harness"): sys.modules.pop(name, None)
    end_of(order, fds, control, supervisor, walls, guest)
zygote._run = run
""",
    ),
    Layer(
        "costs measured outside",
        ("hides_its_cost",),
        """
wait = os.wait4
class Usage: ru_utime, ru_stime, ru_maxrss = 0.0, 0.0, 0
os.wait4 = lambda pid, flags: (*wait(pid, flags)[:2], Usage)
""",
    ),
    Layer(
        "bounded answers",
        ("forges_a_long_answer",),
        worker="from sandbox_runner import job, verdict\njob.RECORD_BYTES = verdict.RECORD_BYTES = 1 << 30",
    ),
    Layer(
        "an answer that is asked for",
        ("leaves_without_an_answer", "plants_a_result", "leaves_through_every_door"),
        worker="""
from sandbox_runner import Returned, worker
judge = worker.verdict
worker.verdict = lambda ended, limits, record: judge(ended, limits, record) if record else Returned(None, ended.cost)
""",
    ),
    Layer(
        "strict reading of answers",
        ("forges_an_answer_with_something_behind", "writes_more_than_one_answer", "forges_its_cost"),
        worker="""
import msgpack
from sandbox_runner import Returned, verdict
def loosely(record, cost):
    reader = msgpack.Unpacker()
    reader.feed(record)
    return Returned(next(reader)[1], cost)
verdict.outcome_of_record = loosely
""",
    ),
    Layer(
        "answers that are never unpickled",
        ("answers_with_a_pickle",),
        worker="""
import pickle
from sandbox_runner import verdict
read = verdict.outcome_of_record
def carelessly(record, cost):
    outcome = read(record, cost)
    if isinstance(outcome.value, bytes): pickle.loads(outcome.value)
    return outcome
verdict.outcome_of_record = carelessly
""",
    ),
)  # fmt: skip

# What a kernel was built with, and who may use it, differs: these need not succeed everywhere.
DEPENDENT = frozenset(
    """
    asks_for_a_key attaches_a_shared_segment becomes_root connects_by_an_abstract_socket counts_events_of_the_processor
    hides_memory keeps_a_key_for_the_next_call keeps_a_queue_for_the_next_call loads_a_bpf_program makes_a_device
    opens_by_handle reads_a_block_device reads_compiled_files reads_how_python_was_built reads_its_group
    reads_the_log_of_the_kernel reads_the_memory_of_a_process searches_a_new_interpreter_for_folders
    searches_its_memory_for_folders
    restarts_the_machine speaks_to_the_hypervisor switches_on_accounts_and_swap takes_a_lease_on_a_file
    takes_precedence
    """.split()
)


@contextmanager
def without(layer: Layer) -> Iterator[None]:
    """Pools made meanwhile have jails without the layer, and without those that it names besides."""
    parts = [layer, *(named(name) for name in layer.also)]
    zygote = _APART.format(source=_HEAD + "\n".join(part.zygote for part in parts))
    worker = _WORKER.format(zygote=zygote) + "\n".join(part.worker for part in parts)
    boot, inherited, started = process._BOOT, process._INHERITED, process.subprocess
    assert boot.count("\nmain(") == 1
    process._BOOT = boot.replace("\nmain(", worker + "\nmain(")
    process._INHERITED = (*inherited, *layer.host)
    if layer.spills:
        names: dict[str, Any] = {}
        exec(_LEAK, names)
        process.subprocess = names["Leak"]
    try:
        yield
    finally:
        process._BOOT, process._INHERITED, process.subprocess = boot, inherited, started


def alone(layer: Layer) -> list[str]:
    """The attacks that succeed if others are off as well, and must not if this layer alone is."""
    together = (other for other in LAYERS if layer.name in other.also and other.profile == layer.profile)
    return sorted({name for other in together if other.sandbox == layer.sandbox for name in other.breaks})


def named(name: str) -> Layer:
    """The layer of that name."""
    [layer] = [layer for layer in LAYERS if layer.name == name]
    return layer
