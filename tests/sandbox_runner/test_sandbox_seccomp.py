"""The filter, run by an interpreter of its instructions over every number and the arguments that matter."""

import struct

import pytest

from sandbox_runner import Profile, seccomp

ALLOW, KILL, EPERM, ENOSYS, EOPNOTSUPP = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026, 0x0005005F
X86_64, AARCH64, I386 = 0xC000003E, 0xC00000B7, 0x40000003


def verdict(program: bytes, token: int, number: int, *arguments: int) -> int:
    """What the kernel would do with a call, as its manual defines the instructions."""
    data = struct.pack("<IIQ6Q", number, token, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    accumulator = at = 0
    while True:
        code, when_true, when_false, value = struct.unpack_from("<HBBI", program, at * 8)
        at += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                accumulator &= value
            case 0x05:
                at += value
            case 0x15:
                at += when_true if accumulator == value else when_false
            case 0x35:
                at += when_true if accumulator >= value else when_false
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(f"{code:#x}: no such instruction")


@pytest.mark.parametrize("profile", ["pure", "tools"])
@pytest.mark.parametrize(("machine", "token"), [("x86_64", X86_64), ("aarch64", AARCH64)])
def test_the_tree_says_of_every_number_what_the_list_says(machine: str, token: int, profile: Profile) -> None:
    program = seccomp.program(machine, profile)
    _, table, more = seccomp._ARCHITECTURES[machine]
    listed = seccomp.rules(table) if profile == "pure" else seccomp.rules(table + more, seccomp._SPECIAL_FOR_TOOLS)
    for number in range(600):
        rule = listed.get(number)
        if number >= 451:
            expected = {ENOSYS}
        elif rule is None:
            expected = {EPERM}
        elif isinstance(rule, seccomp.Answer):
            expected = {rule.action}
        else:
            expected = {ALLOW, EPERM}
        assert verdict(program, token, number) in expected, number


@pytest.mark.parametrize(
    ("number", "arguments", "expected"),
    [
        (56, (0x3D0F00,), ALLOW),  # clone: a thread as the C library makes it
        (56, (0x01200011,), EPERM),  # clone: a fork
        (56, (0x3D0F00 | 0x10000000,), EPERM),  # clone: a thread in a new user namespace
        (435, (), ENOSYS),  # clone3
        (57, (), EPERM),  # fork
        (59, (), EPERM),  # execve
        (322, (), EPERM),  # execveat
        (41, (2, 1, 0), EPERM),  # socket: internet
        (41, (40, 1, 0), EPERM),  # socket: vsock
        (53, (1, 1, 0), ALLOW),  # socketpair: unix
        (53, (1, 0x80801, 0), ALLOW),  # socketpair: with flags
        (53, (1, 5, 0), ALLOW),  # socketpair: packets in sequence
        (53, (1, 2, 0), EPERM),  # socketpair: datagrams, to be sent to whom one likes
        (53, (1, 0x80802, 0), EPERM),  # socketpair: the same, with flags
        (53, (2, 1, 0), EPERM),  # socketpair: anything else
        (16, (0, 0x5401), ALLOW),  # ioctl: is it a terminal
        (16, (0, 0x5412), EPERM),  # ioctl: type into the terminal
        (72, (0, 1030), ALLOW),  # fcntl: duplicate
        (72, (0, 6), EPERM),  # fcntl: lock
        (157, (1,), EPERM),  # prctl: outlive the zygote
        (302, (0, 7), ALLOW),  # prlimit64: of itself
        (302, (5, 7), EPERM),  # prlimit64: of another
        (90, (0, 0o755), ALLOW),  # chmod
        (90, (0, 0o4755), EPERM),  # chmod: setuid
        (191, (), EOPNOTSUPP),  # getxattr
        (62, (), EPERM),  # kill
        (425, (), EPERM),  # io_uring_setup
        (0x40000000 | 1, (), ENOSYS),  # x32 write
    ],
)
def test_arguments_are_looked_at(number: int, arguments: tuple[int, ...], expected: int) -> None:
    assert verdict(seccomp.program("x86_64"), X86_64, number, *arguments) == expected


@pytest.mark.parametrize(
    ("number", "arguments", "expected"),
    [
        (56, (0x01200011,), ALLOW),  # clone: a fork
        (56, (0x4111,), ALLOW),  # clone: as vfork does
        (56, (0x10000011,), EPERM),  # clone: a fork into a new user namespace
        (56, (0x20000011,), EPERM),  # clone: a fork into a new pid namespace
        (56, (0x8011,), EPERM),  # clone: a sibling
        (435, (), ENOSYS),  # clone3
        (59, (), ALLOW),  # execve
        (322, (), EPERM),  # execveat
        (41, (1, 1, 0), ALLOW),  # socket: unix
        (41, (2, 1, 0), EPERM),  # socket: internet
        (41, (16, 3, 0), EPERM),  # socket: netlink
        (41, (40, 1, 0), EPERM),  # socket: vsock
        (53, (1, 2, 0), ALLOW),  # socketpair: datagrams
        (54, (3, 1, 2), ALLOW),  # setsockopt: an address to be used again
        (54, (3, 1, 7), EPERM),  # setsockopt: a larger buffer
        (54, (3, 1, 33), EPERM),  # setsockopt: a larger buffer, by force
        (72, (0, 6), ALLOW),  # fcntl: lock
        (72, (0, 1024), EPERM),  # fcntl: lease
        (133, (0, 0o10644), ALLOW),  # mknod: a named pipe
        (133, (0, 0o60644), EPERM),  # mknod: a disk
        (133, (0, 0o20644), EPERM),  # mknod: a device
        (133, (0, 0o14755), EPERM),  # mknod: setuid
        (259, (0, 0, 0o60644), EPERM),  # mknodat: a disk
        (157, (4, 1), ALLOW),  # prctl: dumpable
        (157, (1,), EPERM),  # prctl: outlive the zygote
        (101, (), EPERM),  # ptrace
        (272, (), EPERM),  # unshare
        (90, (0, 0o4755), EPERM),  # chmod: setuid
        (0x40000000 | 59, (), ENOSYS),  # x32 execve
    ],
)
def test_arguments_are_looked_at_for_programs_too(number: int, arguments: tuple[int, ...], expected: int) -> None:
    assert verdict(seccomp.program("x86_64", "tools"), X86_64, number, *arguments) == expected


@pytest.mark.parametrize("number", [76, 90, 91, 235, 268, 280])
def test_a_job_without_a_folder_changes_no_mode_no_times_and_no_length(number: int) -> None:
    assert verdict(seccomp.program("x86_64", folder=False), X86_64, number, 0, 0) == EPERM
    assert verdict(seccomp.program("x86_64"), X86_64, number, 0, 0) == ALLOW


@pytest.mark.parametrize("profile", ["pure", "tools"])
def test_a_call_of_another_architecture_is_death(profile: Profile) -> None:
    assert verdict(seccomp.program("x86_64", profile), I386, 1) == KILL
