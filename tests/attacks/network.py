"""Talking to anybody: over the network, to other programs of the machine, to the kernel, to the pool itself."""

import itertools
import socket

from tests.attacks.proofs import heard
from tests.attacks.registry import attack
from tests.attacks.weapons import everything, first, raw, reaches


@attack(heard)
def connects_by_tcp(scene):
    """Connects to a server of the same machine."""
    socket.create_connection(("127.0.0.1", scene.tcp), 0.5).sendall(scene.tag.encode())


@attack(heard)
def connects_by_multipath_tcp(scene):
    """Connects to it by a protocol that is called differently and ends up as TCP."""
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    line.settimeout(0.5)
    line.connect(("127.0.0.1", scene.tcp))
    line.sendall(scene.tag.encode())


@attack(heard)
def sends_before_it_connects(scene):
    """Puts the first data into the opening of the connection, past any check of `connect`."""
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.sendto(scene.tag.encode(), 0x20000000, ("127.0.0.1", scene.tcp))


@attack(heard)
def connects_by_a_mapped_address(scene):
    """Connects to it by the version 6 name of its version 4 address."""
    line = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    line.settimeout(0.5)
    line.connect(("::ffff:127.0.0.1", scene.tcp))
    line.sendall(scene.tag.encode())


@attack(heard)
def sends_by_udp(scene):
    """Sends a datagram to a server of the same machine."""
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(scene.tag.encode(), ("127.0.0.1", scene.udp))


@attack(heard)
def connects_by_a_socket_in_the_file_system(scene):
    """Connects to a socket with a path, as those of databases and desktops are."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(scene.unix_path)
    line.sendall(scene.tag.encode())


@attack(heard)
def sends_to_a_socket_in_the_file_system(scene):
    """Sends a datagram to a socket with a path."""
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(scene.tag.encode(), scene.unix_mail)


@attack(heard)
def connects_by_an_abstract_socket(scene):
    """Connects to a socket without a path, which no file permission guards."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(scene.unix_abstract)
    line.sendall(scene.tag.encode())


@attack(heard)
def sends_to_an_abstract_socket(scene):
    """Sends a datagram to a socket without a path, by one of a pair that it may have."""
    tries = (
        lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0],
    )
    first(lambda get=get: get().sendto(scene.tag.encode(), scene.unix_abstract_mail) for get in tries)


@attack(heard)
def turns_a_pair_around(scene):
    """Sends from one end of a pair of sockets, which it may have, to a path; or connects that end to it first."""
    mine, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    everything([lambda: mine.sendto(scene.tag.encode(), scene.unix_mail)])
    mine.connect(scene.unix_mail)
    mine.send(scene.tag.encode())


@attack()
def listens_for_connections(scene):
    """Waits for the host to connect to it."""
    server = socket.create_server(("127.0.0.1", 0))
    return server.getsockname()[1] > 0


@attack()
def speaks_to_the_hypervisor(scene):
    """Opens a socket to the machine on which this machine runs; no namespace covers these."""
    socket.socket(40, socket.SOCK_STREAM)
    return True


@attack()
def speaks_to_the_kernel(scene):
    """Opens the sockets by which routes, filters and devices are told."""
    kinds = (0, 4, 9, 12, 15, 16)
    return everything(lambda kind=kind: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, kind) for kind in kinds) != []


@attack()
def opens_a_raw_socket(scene):
    """Opens sockets that see and send whole packets."""
    ways = (
        lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
        lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
    )
    return everything(ways) != []


@attack()
def opens_a_socket_of_a_forgotten_family(scene):
    """Opens sockets of families that few use and that load a module of the kernel: this is where the holes are."""
    families = sorted(set(range(3, 46)) - {10, 16, 17, 38, 40})
    kinds = (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW)
    return everything(lambda at=at: socket.socket(*at).family for at in itertools.product(families, kinds)) != []


@attack()
def opens_the_kernels_cipher(scene):
    """Opens a socket to the ciphers of the kernel."""
    socket.socket(38, socket.SOCK_SEQPACKET)
    return True


@attack()
def joins_the_pool_as_a_worker(scene):
    """Connects to the socket of the pool, to report results of others' jobs."""
    socket.socket(socket.AF_UNIX).connect(scene.pool)
    return True


@attack()
def makes_sockets_by_number(scene):
    """Opens a socket by the bare system call, and takes a connection from a pair."""
    mine, _ = socket.socketpair()
    return raw("socket", 2, 1, 0) > 0 or reaches("accept4", mine.fileno(), 0, 0, 0)
