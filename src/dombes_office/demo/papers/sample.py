"""One file as a family sends it: the name it bears, its bytes, and what the demonstration knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a paper came to be a file. Those from `ENCRYPTED` on cannot be opened or show nothing of use."""

    TEXT = "text"
    SCAN = "scan"
    PHOTO = "photo"
    HEIC = "heic"
    WEBP = "webp"
    SCREENSHOT = "screenshot"
    TIFF = "tiff"
    SCRIPT = "script"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    PROGRAM = "program"
    WEB_PAGE = "web_page"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file under the name that the family gave it; `way` tells how it came to be."""

    file_name: str
    content: bytes
    way: Way
