"""Getting to see what a call must not see: files, environments, descriptors, memory, and what all processes share."""

import ctypes
import glob
import itertools
import json
import os
import socket
import sqlite3
import stat
import struct
import subprocess
import sys

from tests.attacks.proofs import (
    as_on_the_host,
    folder_told,
    group_told,
    listing_told,
    name_of_the_host,
    secret_told,
    size_told,
)
from tests.attacks.registry import TOOLS, attack
from tests.attacks.weapons import descriptors, everything, first, libc, paths, pids, raw, read


@attack(secret_told)
def opens_a_file_in_a_home(scene):
    """Opens a file in the home of whoever runs the host, readable by all."""
    return read(scene.home_file)


@attack(secret_told)
def climbs_out_of_its_folder(scene):
    """Goes up from its own folder to the top and down again."""
    return read("../" * 30 + scene.home_file.lstrip("/"))


@attack(secret_told)
def follows_a_symlink_out(scene):
    """Makes a symbolic link to a file outside and opens that."""
    os.symlink(scene.home_file, "way-out")
    return read("way-out")


@attack(secret_told)
def links_a_file_in(scene):
    """Gives a file outside a second name inside its own folder."""
    os.link(scene.home_file, "mine")
    return read("mine")


@attack(secret_told)
def looks_below_the_old_root(scene):
    """Looks for the host's files where the old root may have been left."""
    places = ("/oldroot", "/old", "/mnt", "/.old", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/../..")
    return first(lambda at=at: read(at + scene.home_file) for at in places)


@attack(secret_told)
def breaks_out_by_chroot(scene):
    """Changes the root to a folder below while it holds the old one open, and climbs up from there."""
    top = os.open("/", os.O_RDONLY)
    os.makedirs("below", exist_ok=True)
    os.chroot("below")
    os.fchdir(top)
    for _ in range(20):
        os.chdir("..")
    return read(scene.home_file.lstrip("/"))


@attack()
def opens_by_handle(scene):
    """Opens a folder by its number in the file system, past all paths."""
    handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(200))
    raw("name_to_handle_at", -100, b"/", handle, ctypes.byref(ctypes.c_int()), 0)
    return raw("open_by_handle_at", os.open("/", os.O_RDONLY), handle, 0) > 0


@attack(as_on_the_host("/etc/passwd"))
def lists_the_users(scene):
    """Reads the list of the host's users."""
    return read("/etc/passwd")


@attack()
def opens_the_shadow_file(scene):
    """Reads the hashes of the host's passwords."""
    return b"root:" in read("/etc/shadow")


@attack(name_of_the_host)
def asks_for_the_name_of_the_host(scene):
    """Asks the kernel for the name of the machine."""
    return os.uname().nodename


@attack(size_told)
def measures_a_file(scene):
    """Finds out the size of a file that it cannot open."""
    return os.stat(scene.sized_file).st_size


@attack(secret_told)
def lists_a_home_and_reads_on(scene):
    """Lists the folder of a home and reads whatever is in it."""
    return [read(os.path.join(scene.home, name)) for name in os.listdir(scene.home) if name.startswith("diary")]


@attack(listing_told)
def lists_the_disk(scene):
    """Lists folders that only the host has."""
    return everything(lambda at=at: os.listdir(at) for at in ("/", "/home", "/var", "/run", "/sys", "/etc", "/tmp"))


@attack()
def reads_a_block_device(scene):
    """Makes a device file of the first disk and reads it, or opens those that are there."""
    tries = [
        lambda at=at: read(at) for at in ("/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/mem", "/dev/kmsg", "/dev/port")
    ]
    for major in (254, 8, 252, 1):
        tries.append(lambda major=major: os.mknod(f"disk{major}", stat.S_IFBLK | 0o600, os.makedev(major, 0)))
    return len(everything(tries)) > 0


@attack()
def reads_the_log_of_the_kernel(scene):
    """Asks for the messages of the kernel, which tell addresses and devices."""
    return raw("syslog", 3, ctypes.create_string_buffer(4096), 4096) > 0


@attack(secret_told)
def reads_its_environment(scene):
    """Looks for the host's key among its own variables, and in the C library's copy of them."""
    libc.getenv.restype = ctypes.c_char_p
    return [json.dumps(dict(os.environ)), libc.getenv(scene.variable.encode()) or b""]


@attack(secret_told)
def reads_the_environment_of_others(scene):
    """Reads the variables of every process it can see, its parents above all."""
    found = everything(lambda pid=pid: read(f"/proc/{pid}/environ") for pid in (*pids(), "self", scene.host))
    return [each for each in found if scene.variable.encode() in each][:3]


@attack(secret_told)
def reads_the_command_lines_of_others(scene):
    """Reads with which arguments others were started."""
    found = everything(lambda pid=pid: read(f"/proc/{pid}/cmdline") for pid in (*pids(), scene.host))
    return [each for each in found if b"secret-" in each][:3]


@attack(secret_told)
def walks_through_the_root_of_another(scene):
    """Reaches a file by the root or the working folder of another process."""
    ways = [f"/proc/{pid}/{way}" for pid in (*pids(), scene.host) for way in ("root", "cwd")]
    return first(lambda way=way: read(way + scene.home_file) for way in ways)


@attack(secret_told)
def reads_what_others_have_open(scene):
    """Opens the descriptors of other processes again."""
    ways = [f"/proc/{pid}/fd/{fd}" for pid in (scene.host, os.getppid(), *pids()[:20]) for fd in range(3, 20)]
    found = everything(lambda way=way: read(way) for way in ways if os.path.isfile(way))
    return [each for each in found if b"secret-" in each][:3]


@attack(secret_told)
def reads_inherited_descriptors(scene):
    """Reads every descriptor that it was born with."""
    found = []
    for fd in descriptors():
        everything([lambda fd=fd: os.set_blocking(fd, False)])
        found += everything([lambda fd=fd: os.pread(fd, 4_000, 0), lambda fd=fd: os.read(fd, 4_000)])
    return [each[:200] for each in found]


@attack()
def opens_the_memory_of_another(scene):
    """Opens the memory of its parent, of the host and of process 1 as a file."""
    targets = {os.getppid(), scene.host, 1} - {os.getpid()}
    return everything(lambda pid=pid: os.open(f"/proc/{pid}/mem", os.O_RDONLY) for pid in targets) != []


@attack()
def sees_other_processes(scene):
    """Asks which processes there are, by their folders and by a signal that does nothing."""
    seen = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return seen + everything(lambda: os.kill(scene.host, 0) or scene.host for _ in range(1))


@attack()
def sees_the_connections_of_the_host(scene):
    """Reads the table of the machine's connections, or the list of its interfaces."""
    tables = everything(lambda at=at: read(at) for at in ("/proc/net/tcp", "/proc/net/unix", "/proc/net/dev"))
    return b"\n".join(tables).count(b"\n") > 6 or everything([lambda: len(socket.if_nameindex()) > 1])


@attack(as_on_the_host("/proc/self/mountinfo"))
def sees_the_mounts_of_the_host(scene):
    """Reads where the host's disks are mounted."""
    return read("/proc/self/mountinfo")


@attack(secret_told)
def opens_the_archive(scene):
    """Opens the archive of the run, in which every genome and every score is kept."""
    archive = sqlite3.connect(f"file:{scene.archive}?immutable=1", uri=True)
    return archive.execute("select * from individuals").fetchall()


@attack(secret_told)
def reads_the_targets(scene):
    """Reads the file with the expected answers of all tasks."""
    return read(scene.targets)


@attack()
def imports_the_host(scene):
    """Imports the package that holds the hidden tests, by its name and from where it lies."""
    sys.path += [scene.repository, os.path.dirname(scene.repository)]
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Sources"]
    try:
        import hyperagent.domains.repair.corpus as found
    except ImportError:
        return read(os.path.join(scene.repository, "hyperagent", "contract.py"))
    return str(found)


@attack(folder_told, answer_bytes=1 << 22)
def reads_how_its_zygote_was_started(scene):
    """Looks for folders of the user's in all that the interpreter knows of itself, and its callers of theirs."""
    known = [sys.prefix, sys.base_prefix, sys.executable, *sys.path, *sys.argv, *sys.orig_argv, str(os.environ)]
    known += [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    frame, its_own = sys._getframe(1), {"bait", "payload", "arguments"}
    while frame:
        names = {**frame.f_globals, **frame.f_locals}
        known += [frame.f_code.co_filename, *(str(names[name])[:10_000] for name in names.keys() - its_own)]
        frame = frame.f_back
    return known


@attack(folder_told, answer_bytes=1 << 22)
def reads_how_it_looks_from_outside(scene):
    """Looks for folders of the user's in what the kernel tells of its process."""
    names = ("cmdline", "environ", "maps", "mountinfo", "mounts", "mountstats", "stat", "status")
    links = ("exe", "cwd", "root")
    return [
        *everything(lambda name=name: read(f"/proc/self/{name}", 1 << 20) for name in names),
        *everything(lambda name=name: os.readlink(f"/proc/self/{name}") for name in links),
    ]


@attack(folder_told, answer_bytes=1 << 22)
def follows_the_signposts_of_packages(scene):
    """Looks for folders of the user's in what installers write beside packages."""
    texts = (".pth", ".egg-link", ".json", ".cfg", ".py")
    sites = [folder for folder in sys.path if folder.endswith("-packages")]
    files = [os.path.join(site, name) for site in sites for name in os.listdir(site)]
    files += [os.path.join(at, name) for at in files if at.endswith("-info") for name in os.listdir(at)]
    programs = first([lambda: os.listdir(sys.prefix + "/bin"), list])
    files += [os.path.join(sys.prefix, "bin", name) for name in programs]
    files += [os.path.join(os.path.dirname(site), "../../pyvenv.cfg") for site in sites]
    found = everything(
        lambda file=file: read(file, 1 << 14) for file in files if file.endswith(texts) or "bin/" in file
    )
    return [text for text in found if not text.startswith(b"\x7fELF")]


@attack(folder_told, answer_bytes=1 << 22)
def reads_compiled_files(scene):
    """Looks for folders of the user's in compiled files, which name the folder that they were compiled in."""
    walked = (here for folder in sys.path for here, _, _ in os.walk(folder) if here.endswith("__pycache__"))
    known = [os.path.join(os.path.dirname(module.__file__), "__pycache__") for module in (os, sys.modules["msgpack"])]
    caches = [*filter(os.path.isdir, known), *itertools.islice(walked, 50)]
    files = [os.path.join(cache, name) for cache in caches for name in os.listdir(cache)[:20]]
    return sorted(
        {path for text in everything(lambda file=file: read(file, 1 << 15) for file in files) for path in paths(text)}
    )


@attack(folder_told, answer_bytes=1 << 22, memory_bytes=256 << 20, cpu_seconds=10, wall_seconds=20.0)
def reads_how_python_was_built(scene):
    """Looks for folders of the user's in the interpreter, its libraries and what its makers have left beside them."""
    library = os.path.dirname(os.__file__)
    patterns = ("/_sysconfigdata*", "/lib-dynload/*", "/config-*/*", "/../libpython*", "/../pkgconfig/*")
    files = [file for pattern in patterns for file in glob.glob(library + pattern)]
    found = set()
    for file in [os.path.realpath(sys.executable), *files]:
        found.update(*everything([lambda file=file: paths(read(file, 1 << 24))]))
    return sorted(found)[:20_000]


@attack(folder_told, answer_bytes=1 << 22, memory_bytes=256 << 20, cpu_seconds=10, wall_seconds=20.0)
def searches_its_memory_for_folders(scene):
    """Looks for folders of the user's in its memory: constants of the interpreter, and what was freed."""
    libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
    (out, into), size = os.pipe2(os.O_NONBLOCK), 1 << 14
    code = ctypes.cast(ctypes.pythonapi.Py_GetVersion, ctypes.c_void_p).value
    found = set()
    for middle in (code, id(sys.modules), libc.sbrk(0), id(size)):
        for at in range(middle - (16 << 20) & -size, middle + (16 << 20), size):
            # The kernel says where nothing is.
            written = libc.write(into, at, size)
            found |= paths(os.read(out, written)) if written > 0 else set()
    told = os.path.dirname(scene.home).encode()
    return sorted(path for path in found if told not in path)[:20_000]


@attack(folder_told, only=TOOLS, answer_bytes=1 << 22, memory_bytes=256 << 20, cpu_seconds=10, wall_seconds=20.0)
def searches_a_new_interpreter_for_folders(scene):
    """Starts the interpreter as a program and looks for folders of the user's in all of that one's memory."""
    program = """if True:
        import argparse, json, re, sys, sysconfig, unittest
        found = set(re.findall("/[^'\\\\s]+", str(sysconfig.get_config_vars())))
        memory = open("/proc/self/mem", "rb", 0)
        for line in open("/proc/self/maps"):
            start, end = (int(at, 16) for at in line.split()[0].split("-"))
            for at in range(start, end, 1 << 20):
                try:
                    memory.seek(at)
                    text = memory.read(min(end - at, 1 << 20))
                except (OSError, OverflowError):
                    break
                found.update(path.decode() for path in re.findall(rb"/[\\w.+-]+(?:/[\\w.+-]+)+", text))
        print(*sorted(found), sep="\\n")
    """
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def finds_the_note(scene):
    """Searches the memory of its heap for what the last call has written there."""
    return getattr(sys, "note", None) == scene.tag or b"!" + scene.tag[::-1].encode() + b"!" in ctypes.string_at(
        libc.sbrk(0) - (256 << 10), 256 << 10
    )


@attack(then=finds_the_note)
def leaves_a_note_in_memory(scene):
    """Writes to memory that it shares with its zygote, for the next call to read."""
    sys.note = scene.tag
    ctypes.memmove(libc.sbrk(0) - 4096, b"!" + scene.tag[::-1].encode() + b"!", len(scene.tag) + 2)


@attack(secret_told)
def reads_shared_memory(scene):
    """Opens a file in the folder for shared memory."""
    return read(scene.shm_file)


@attack(secret_told)
def attaches_a_shared_segment(scene):
    """Attaches a segment of memory that another process shares with all."""
    segment = raw("shmget", scene.sysv_key, 4096, 0)
    return ctypes.string_at(raw("shmat", segment, 0, 0o10000), 100)


@attack(secret_told)
def asks_for_a_key(scene):
    """Looks for a key in the keyring of the session, which is inherited across all forks."""
    serial = raw("request_key", b"user", scene.key.encode(), 0, 0)
    buffer = ctypes.create_string_buffer(100)
    raw("keyctl", 11, serial, buffer, 100)
    return buffer.value


@attack()
def asks_who_is_at_the_other_end(scene):
    """Asks its channel for the process and the user of the worker."""
    ends = everything(lambda fd=fd: socket.socket(fileno=os.dup(fd)) for fd in descriptors())
    peers = [struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)) for end in ends]
    return any(pid > 0 for pid, _, _ in peers)


@attack(group_told)
def reads_its_group(scene):
    """Reads in which group of processes it is, which names the container or the service of the host."""
    return read("/proc/self/cgroup")
