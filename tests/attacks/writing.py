"""Changing what is not the call's own, leaving something behind, and filling what is shared."""

import fcntl
import os
import stat

from tests.attacks.proofs import marked, more_than, spilled, spoiled
from tests.attacks.registry import attack
from tests.attacks.weapons import descriptors, everything, first, importable, is_locked, libc, raw, read

# The folder of a call may hold 1 MiB in 1024 files, see `registry.SMALL`.
_BYTES, _FILES = 4 << 20, 2_000


@attack(marked)
def writes_to_a_folder_of_all(scene):
    """Makes a file in a folder of the host in which everybody may write."""
    with open(scene.mark, "w") as file:
        file.write("here")


@attack(marked)
def makes_a_folder_outside(scene):
    """Makes a folder on the host's disk."""
    os.mkdir(scene.mark)


@attack(marked)
def makes_a_pipe_outside(scene):
    """Makes a named pipe on the host's disk, which whoever opens it waits for."""
    os.mkfifo(scene.mark)


@attack(marked)
def makes_a_link_outside(scene):
    """Makes a symbolic link on the host's disk, for the host to follow."""
    os.symlink("/etc/passwd", scene.mark)


@attack(marked)
def writes_through_a_symlink(scene):
    """Makes a symbolic link in its own folder and writes through it."""
    os.symlink(scene.mark, "out")
    with open("out", "w") as file:
        file.write("here")


@attack(marked)
def moves_a_file_out(scene):
    """Moves or links a file of its own to the host's disk."""
    with open("mine", "w") as file:
        file.write("here")
    first([lambda: os.rename("mine", scene.mark), lambda: os.link("mine", scene.mark)])


@attack(spoiled)
def overwrites_a_file(scene):
    """Writes over a file that everybody may write to."""
    with open(scene.decoy, "w") as file:
        file.write("spoiled")


@attack(spoiled)
def appends_to_a_file(scene):
    """Appends to a file by a descriptor opened for that alone."""
    os.write(os.open(scene.decoy, os.O_WRONLY | os.O_APPEND), b"spoiled")


@attack(spoiled)
def truncates_a_file(scene):
    """Cuts a file without opening it."""
    os.truncate(scene.decoy, 0)


@attack(spoiled)
def deletes_a_file(scene):
    """Deletes a file from a folder that everybody may write to."""
    os.unlink(scene.decoy)


@attack(spoiled)
def renames_a_file(scene):
    """Gives a file another name."""
    os.rename(scene.decoy, scene.decoy + "-renamed")


@attack(spoiled)
def changes_the_mode_of_a_file(scene):
    """Takes the permissions of a file away."""
    os.chmod(scene.decoy, 0)


@attack(spoiled)
def changes_the_age_of_a_file(scene):
    """Sets the times of a file, by which programs decide what is stale."""
    os.utime(scene.decoy, (1, 1))


@attack(spoiled)
def hangs_an_attribute_on_a_file(scene):
    """Sets an extended attribute."""
    os.setxattr(scene.decoy, "user.spoiled", b"yes")


@attack(spoiled)
def gives_a_file_a_second_name(scene):
    """Makes a hard link of a file, which outlives its deletion."""
    os.link(scene.decoy, "kept")


@attack(spoiled)
def changes_an_installed_package(scene):
    """Writes into a package that it may import, and that the host will import after it."""
    with open(importable(scene.package), "a") as file:
        file.write("raise SystemExit\n")


@attack(marked)
def plants_a_package(scene):
    """Adds a module to the installed packages."""
    name = scene.mark.rpartition("/")[2] + ".py"
    with open(os.path.join(os.path.dirname(importable(scene.package)), name), "w") as file:
        file.write("raise SystemExit\n")


@attack(bare=False)
def opens_the_standard_library_to_write(scene):
    """Opens a file of the standard library, of the system's libraries and of its configuration for writing."""
    places = (os.__file__, stat.__file__, "/etc/passwd", "/etc/ld.so.cache", "/usr/lib/os-release")
    return everything(lambda at=at: os.open(at, os.O_WRONLY) for at in places) != []


@attack(spilled)
def writes_to_inherited_descriptors(scene):
    """Writes to every descriptor that it was born with, but for its answer."""
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, b"spilled", 4_000)])


def finds_a_file(scene):
    """Looks for the file in every folder."""
    places = ["/", "/box", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/etc", "/run", os.getcwd(), os.environ["HOME"]]
    return [at for at in places if os.path.lexists(os.path.join(at, "kept-" + scene.tag))]


@attack(then=finds_a_file, bare=False)
def keeps_a_file_for_the_next_call(scene):
    """Leaves a file in every folder in which that can be done."""
    places = ["/", "/box", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/etc", "/run", os.getcwd(), os.environ["HOME"]]
    everything(lambda at=at: os.close(os.open(os.path.join(at, "kept-" + scene.tag), 0o101)) for at in places)


def finds_another_user(scene):
    """Reads the list of users."""
    return b"mallory" in read("/etc/passwd")


@attack(then=finds_another_user, bare=False)
def changes_the_list_of_users(scene):
    """Adds a user, for the next call to be."""
    with open("/etc/passwd", "a") as file:
        file.write("mallory:x:0:0::/:/bin/sh\n")


@attack(marked)
def writes_to_shared_memory(scene):
    """Makes a file in the folder for shared memory and links it to a place where it is found."""
    name = os.path.join(os.path.dirname(scene.shm_file), scene.tag)
    with open(name, "w") as file:
        file.write("here")
    os.unlink(name)
    with open(scene.mark, "w") as file:
        file.write("here")


def finds_a_queue(scene):
    """Looks for the segment and the queue by their key, and takes them away."""
    key = int(scene.tag[:6], 16) + 7
    segments = everything([lambda: raw("shmget", key, 0, 0)])
    queues = everything([lambda: raw("msgget", key, 0)])
    for number in segments:
        libc.shmctl(number, 0, None)
    for number in queues:
        libc.msgctl(number, 0, None)
    return segments + queues != []


@attack(then=finds_a_queue)
def keeps_a_queue_for_the_next_call(scene):
    """Leaves a segment of memory and a queue of messages, which live until the machine is switched off."""
    key = int(scene.tag[:6], 16) + 7
    everything([lambda: raw("shmget", key, 4096, 0o1666), lambda: raw("msgget", key, 0o1666)])


def finds_a_key(scene):
    """Looks for the key that was left in the keyring of the session."""
    return raw("request_key", b"user", scene.tag.encode(), 0, 0) > 0


@attack(then=finds_a_key)
def keeps_a_key_for_the_next_call(scene):
    """Leaves a key in the keyring of the session."""
    serial = raw("add_key", b"user", scene.tag.encode(), b"kept", 4, -3)
    raw("keyctl", 15, serial, 20)


@attack()
def locks_a_file_that_all_can_read(scene):
    """Sees a lock of the host's on a file of the interpreter: so others see its own, and can be told or stopped."""
    return is_locked(os.__file__)


@attack()
def locks_a_device(scene):
    """Sees a lock of the host's on a device that all have."""
    return is_locked("/dev/null")


@attack(bare=False)
def takes_a_lease_on_a_file(scene):
    """Takes a lease on a file of its own, which holds up whoever opens it."""
    file = os.open("leased", os.O_RDWR | os.O_CREAT)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    return True


@attack(more_than(_BYTES))
def fills_the_disk(scene):
    """Writes files until there is no room left."""
    written = 0
    for number in range(64):
        try:
            with open(f"full-{number}", "wb", buffering=0) as file:
                written += sum(file.write(bytes(1 << 19)) for _ in range(2))
        except OSError:
            break
    everything(lambda number=number: os.unlink(f"full-{number}") for number in range(64))
    return written


@attack(more_than(_BYTES))
def fills_the_disk_with_one_file(scene):
    """Reserves room for one large file, and writes it where that is refused."""
    file = os.open("large", os.O_RDWR | os.O_CREAT)
    everything([lambda: os.posix_fallocate(file, 0, 32 << 20)])
    return os.fstat(file).st_blocks * 512


@attack(more_than(_FILES))
def fills_the_list_of_files(scene):
    """Makes empty files until there are no numbers left."""
    made = 0
    try:
        while made < 4_000:
            os.close(os.open(f"number-{made}", os.O_CREAT | os.O_WRONLY))
            made += 1
    finally:
        for number in range(made):
            os.unlink(f"number-{number}")
        return made  # noqa: B012 - the failure is how it is contained


@attack(more_than(1 << 40))
def makes_a_file_of_a_terabyte(scene):
    """Makes a file with a hole of a terabyte, for the host to stumble into."""
    file = os.open("hole", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, (1 << 40) + 1)
    return os.fstat(file).st_size


@attack()
def makes_a_setuid_file(scene):
    """Sets the bit on a file of its own with which others would run it as its owner."""
    file = os.open("setuid", os.O_RDWR | os.O_CREAT)
    os.fchmod(file, 0o4755)
    return bool(os.fstat(file).st_mode & stat.S_ISUID)


@attack()
def makes_a_device(scene):
    """Makes a device file of its own, of the machine's memory."""
    os.mknod("memory", stat.S_IFCHR | 0o600, os.makedev(1, 1))
    return True


@attack()
def makes_files_without_a_name(scene):
    """Makes files in memory, which belong to no disk and count against none."""
    file = raw("memfd_create", b"hidden", 0)
    return os.ftruncate(file, 1 << 20) is None
