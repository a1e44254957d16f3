"""One file as a family sends it: the name it bears, its bytes, and what the demonstration knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from dombes_office.demo.people import Child, Family


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
    """A file for one requirement (`health_form`, `mandate`) or `photo`, of the family and child whose names it bears.

    `signed_on` is the day on the paper, None where there is none or nobody can read it.
    """

    file_name: str
    content: bytes
    requirement: str
    way: Way
    family: Family
    child: Child
    signed_on: date | None
