"""Other names for folders inside of files, without anything being moved: a name is filled up with slashes."""

import os
from collections.abc import Mapping

_SHORTEST = 6
_ELF, _LOADED = b"\x7fELF\x02\x01", 1


def telling(names: Mapping[str, str]) -> dict[str, str]:
    """Of the `names` of folders those that can be told from other bytes: of six or more, not at the top of the disk.

    `/x` is part of `application/x-tar`, and of numbers in a library; and neither it nor `/venv` tells of a user.
    """
    return {folder: name for folder, name in names.items() if len(folder) >= _SHORTEST and folder.count("/") > 1}


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """`content` with other names of folders, which are filled up with slashes: nothing is moved."""
    for folder, name in names.items():
        length = len(os.fsencode(folder))
        content = content.replace(os.fsencode(folder), (os.fsencode(name) + b"/" * length)[:length])
    return content


def loadable(content: bytes) -> bytes:
    """What of a file is ever loaded: behind that a library keeps what only debuggers read."""
    if not content.startswith(_ELF):
        return content
    table, size, count = (_number(content, at, length) for at, length in ((32, 8), (54, 2), (56, 2)))
    headers = [table + size * number for number in range(count)]
    loaded = (at for at in headers if _number(content, at, 4) == _LOADED)
    return content[: max(_number(content, at + 8, 8) + _number(content, at + 32, 8) for at in loaded)]


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "little")
