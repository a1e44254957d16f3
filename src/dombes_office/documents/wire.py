"""The frames that the window's process and the reading process exchange: lengths, a JSON header, raw bytes.

A frame is two little-endian unsigned 32-bit lengths, the header (one JSON object, UTF-8), the body. Neither side trusts
the other: both lengths are bounded before anything is read, and nothing in a frame is ever executed or unpickled.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

MAX_HEADER = 1024 * 1024
_LENGTHS = struct.Struct("<II")


class BrokenFrame(ValueError):
    """What came through the pipe is not a frame, or not one of an allowed size."""


class PipeClosed(EOFError):
    """The other side ended, between two frames or within one."""


def write_frame(sink: BinaryIO, header: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Send one frame; `OSError` where the other side is gone."""
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_HEADER:
        raise BrokenFrame("header too long")
    sink.write(_LENGTHS.pack(len(text), len(body)) + text)
    sink.write(body)
    sink.flush()


def read_frame(source: BinaryIO, max_body: int) -> tuple[dict[str, Any], bytes]:
    """The next frame, as (header, body).

    Raises `PipeClosed` at the end of the pipe, `BrokenFrame` for a header over `MAX_HEADER` or a body over `max_body`
    bytes, or a header that is not one JSON object.
    """
    header_length, body_length = _LENGTHS.unpack(_read_exactly(source, _LENGTHS.size))
    if header_length > MAX_HEADER or body_length > max_body:
        raise BrokenFrame("frame too long")
    header = _parse(_read_exactly(source, header_length))
    return header, _read_exactly(source, body_length)


def _read_exactly(source: BinaryIO, length: int) -> bytes:
    """`length` bytes; one buffer for usual sizes, so that the pixels of a page are not copied twice."""
    content = source.read(length)
    if len(content) < length:
        raise PipeClosed
    return content


def _parse(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("header is not JSON") from error
    if not isinstance(header, dict):
        raise BrokenFrame("header is not an object")
    return header
