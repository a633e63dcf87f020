"""Patches as bytes: msgpack of their plain form, and nothing else."""

import msgpack

from meta.edit import PatchError
from meta.patch import Patch

MAX_BYTES = 64 << 20


def encode(patch: Patch) -> bytes:
    """The patch as bytes that `decode` reads back."""
    try:
        data: bytes = msgpack.packb(patch.plain())
    except (ValueError, TypeError) as error:
        raise PatchError(f"a patch that cannot be written: {error}") from None
    return data


def decode(data: bytes) -> Patch:
    """The patch that the bytes spell, or `PatchError`: for any bytes there is one or the other."""
    if len(data) > MAX_BYTES:
        raise PatchError(f"a patch of {len(data)} bytes, at most {MAX_BYTES} are read")
    try:
        plain = msgpack.unpackb(data)
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise PatchError(f"a patch that is not msgpack: {type(error).__name__}") from None
    return Patch.from_plain(plain)
