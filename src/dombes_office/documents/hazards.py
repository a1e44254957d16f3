"""Scripts, launches and attachments in a PDF, found by its names without interpreting it; runs in the reading process.

The answer is a warning for the agent, not a lock: whatever a file hides better than this search looks, nothing in it
is ever executed, since only pictures of its pages leave the reading process.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = "form"  # not a hazard: something was typed over the pages
_NAMES = {
    "JavaScript": "script",
    "Launch": "launch",
    "EmbeddedFile": "attachment",
    "EmbeddedFiles": "attachment",
    "RichMedia": "media",
    "Movie": "media",
    "Rendition": "media",
    "SubmitForm": "form_sending",
    "ImportData": "form_sending",
    "XFA": "dynamic_form",
    "AcroForm": FORM,
    "FreeText": FORM,
}
_MAX_DEFLATED_EACH = 2 * 1024 * 1024
_MAX_DEFLATED = 32 * 1024 * 1024
_MAX_INFLATED_EACH = 4 * 1024 * 1024
_MAX_INFLATED = 32 * 1024 * 1024


def _spelled(name: str) -> str:
    """A pattern for `name` with any of its letters written as #xx (ISO 32000-1, 7.3.5)."""
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)


_PATTERN = re.compile(
    ("/(?:" + "|".join(f"({_spelled(name)})" for name in _NAMES) + r")(?=[\s/<>\[\]()%]|\Z)").encode("ascii")
)
_CODES = tuple(_NAMES.values())
_OBJECT_STREAM = re.compile(b"/" + _spelled("ObjStm").encode("ascii"))


def named_in(content: bytes) -> list[str]:
    """The codes of what was found, each once, and `FORM`; bounded in time and memory."""
    found: set[str] = set()
    for text in (content, *_object_streams(content)):
        for match in _PATTERN.finditer(text):
            found.add(_CODES[(match.lastindex or 1) - 1])
            if len(found) == len(set(_CODES)):
                break
    return [code for code in dict.fromkeys(_CODES) if code in found]


def lacks_end(content: bytes) -> bool:
    """Whether the end-of-file mark of a PDF is missing: it should stand in its last kilobyte, or a little before."""
    return b"%%EOF" not in content[-4096:]


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The inflated object streams (ISO 32000-1, 7.5.7), where modern writers keep most of a PDF's objects."""
    to_read, to_give = _MAX_DEFLATED, _MAX_INFLATED
    for match in _OBJECT_STREAM.finditer(content):
        if to_read <= 0 or to_give <= 0:
            return
        begin = content.find(b"stream", match.end(), match.end() + 1024)
        if begin < 0:
            continue
        begin += len(b"stream")
        begin += 2 if content[begin : begin + 2] == b"\r\n" else 1
        end = content.find(b"endstream", begin, begin + _MAX_DEFLATED_EACH)
        compressed = content[begin : end if end > 0 else begin + _MAX_DEFLATED_EACH]
        inflated = _inflate(compressed, min(to_give, _MAX_INFLATED_EACH))
        to_read -= len(compressed) + 1
        to_give -= len(inflated)
        yield inflated


def _inflate(compressed: bytes, limit: int) -> bytes:
    """At most `limit` bytes of the stream, nothing of a damaged one."""
    try:
        return zlib.decompressobj().decompress(compressed, limit)
    except zlib.error:
        return b""
