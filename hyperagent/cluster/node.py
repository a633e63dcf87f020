"""What Ray runs on a machine: one call in a jail of that machine. Each process of Ray's keeps one worker for it.

A call that asks its host something ends there, so that it holds no processor while a model thinks. It is begun anew
once there is a reply, and told what it was told before.
"""

import functools
import platform
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, cast

from hyperagent.cluster.parcel import Duties, joined, versions
from sandbox_runner import Asked, Call, Done, Plain, Pool, SandboxUnavailable
from sandbox_runner.messages import encode

Said: TypeAlias = Sequence[tuple[Plain, Plain]]


def performed(duties: bytes, modules: bytes, call: Call, said: Said) -> bytes:
    """The message with which a call ends: `Done`, or `Asked`, in which `job` is how many questions were answered.

    `said` are the questions that were asked before, each with its reply.
    """
    pool = jails(duties)
    message = b""
    try:
        message = encode(ended(pool, pool.submit(joined(modules, call)), said))
    except SandboxUnavailable as error:
        raise SandboxUnavailable(f"{platform.node()}: {error}") from None
    finally:
        # Ray interrupts a task that is cancelled at any point, which may leave anything half done.
        if not message:
            jails.cache_clear()
            pool.close()
    return message


def ended(pool: Pool, job: int, said: Said) -> Done | Asked:
    """The outcome of a job, or the first question to which there is no reply yet."""
    heard = 0
    while True:
        for event in pool.wait():
            match event:
                case Done(_, outcome):
                    return Done(0, outcome)
                case Asked(_, question) if heard < len(said) and said[heard][0] == question:
                    pool.answer(job, said[heard][1])
                    heard += 1
                case Asked(_, question):
                    pool.cancel(job)
                    return Asked(heard, question)


@functools.lru_cache(maxsize=1)
def jails(duties: bytes) -> Pool:
    """The worker of this process; SandboxUnavailable if this machine cannot jail, or has other versions."""
    wanted = Duties.unpack(duties)
    if odd := differing(wanted.versions, versions()):
        raise SandboxUnavailable(f"{platform.node()}: {odd}")
    sandbox = cast(Literal["auto", "namespaces", "landlock", "none"], wanted.sandbox)
    return Pool(1, wanted.preloads, sandbox=sandbox)


def differing(wanted: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Which versions are not what they must be, and what they must be; "" if all are."""
    return "; ".join(f"{name} {here[name]}, expected {one}" for name, one in wanted.items() if here[name] != one)
