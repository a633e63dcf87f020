"""Content as it is written: deflated, on its own or with other content as the dictionary.

The dictionary makes a file with one edit a hundred bytes, whatever the file's size up to the window of deflate (32 kB).
"""

import zlib

from archive.errors import ArchiveError

MOST_BYTES = 256 << 20
"""What one content may have. A few bytes can be made to inflate to any size, and a file may be somebody else's."""


def deflated(content: bytes, dictionary: bytes | None = None) -> bytes:
    """The content compressed; with a dictionary only that one can restore it."""
    if len(content) > MOST_BYTES:
        raise ArchiveError(f"{len(content)} bytes to be kept at once, expected at most {MOST_BYTES}")
    if not dictionary:
        return zlib.compress(content, 6)
    packer = zlib.compressobj(6, zdict=dictionary)
    return packer.compress(content) + packer.flush()


def inflated(packed: object, dictionary: bytes | None = None) -> bytes:
    """What was deflated; raises `zlib.error` or `TypeError` where it was not."""
    if not isinstance(packed, bytes):
        raise TypeError(f"found {type(packed).__name__}, expected bytes")
    unpacker = zlib.decompressobj(zdict=dictionary) if dictionary else zlib.decompressobj()
    plain = unpacker.decompress(packed, MOST_BYTES)
    if not unpacker.eof:
        raise zlib.error(f"it is cut short, or inflates to more than {MOST_BYTES} bytes")
    return plain
