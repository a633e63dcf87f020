"""What a machine is sent, as bytes: the modules of a call, and the duties that all calls of a run have in common."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

from sandbox_runner import Call, Module, Preload, ProtocolError
from sandbox_runner.messages import Welcome, decode, encode, pack, unpack

ALIKE = ("hyperagent", "numpy", "libcst", "msgpack")


@dataclass(frozen=True)
class Duties:
    """What every machine must know and have: the versions, what zygotes preload, and how calls are jailed."""

    versions: Mapping[str, str]
    preloads: Mapping[str, Preload]
    sandbox: str

    def pack(self) -> bytes:
        """As bytes."""
        return pack([dict(self.versions), encode(Welcome(self.sandbox, self.preloads))])

    @classmethod
    def unpack(cls, data: bytes) -> "Duties":
        """From bytes; ProtocolError where they are none."""
        match unpack(data):
            case [dict(versions), bytes(welcome)]:
                match decode(welcome):
                    case Welcome(sandbox, preloads):
                        return cls({name: str(one) for name, one in versions.items()}, preloads, sandbox)
        raise ProtocolError("no duties")


def versions() -> dict[str, str]:
    """What has to be the same everywhere for a lineage to be the same everywhere."""
    return {"Python": platform.python_version(), "machine": platform.machine()} | {
        name: version(name) for name in ALIKE
    }


def split(call: Call) -> tuple[bytes, Call]:
    """The modules of a call as bytes, which are equal for equal modules, and the call without them."""
    sides = [{name: [m.source, m.code] for name, m in side.items()} for side in (call.harness, call.foreign)]
    return pack(sides), replace(call, harness={}, foreign={})


def joined(modules: bytes, call: Call) -> Call:
    """The call with its modules."""
    match unpack(modules):
        case [dict(harness), dict(foreign)]:
            return replace(call, harness=_modules(harness), foreign=_modules(foreign))
    raise ProtocolError("no modules")


def _modules(forms: Mapping[str, object]) -> dict[str, Module]:
    return {name: _module(form) for name, form in forms.items()}


def _module(form: object) -> Module:
    match form:
        case [str(source), None | bytes() as code]:
            return Module(source, code)
    raise ProtocolError("no module")
