"""How a family sends a paper where the trouble of its request wants it otherwise than filled on a screen."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from itertools import cycle
from typing import TYPE_CHECKING

from dombes_office.demo.papers import bad
from dombes_office.demo.papers.photo import identity_photo
from dombes_office.demo.papers.sample import Way
from dombes_office.demo.plan import Trouble
from dombes_office.documents.intake import sniff
from dombes_office.documents.refusals import refuse, warning
from dombes_office.errors import FileRefused
from dombes_office.rules.checks import PieceReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from dombes_office.demo.papers.mandate import MandateWords
    from dombes_office.demo.papers.sample import SampleFile
    from dombes_office.demo.people import Child

# The encoder is GPL, so a bundle goes without it: there the picture of an iPhone is one of another telephone.
_HEIC = Way.HEIC if find_spec("pillow_heif") else Way.PHOTO

FORM_WAYS = {
    Trouble.PHOTOGRAPHED_FORM: Way.PHOTO,
    Trouble.UNREADABLE_PHOTO: Way.UNREADABLE,
    Trouble.HEIC_FORM: _HEIC,
    Trouble.TIFF_FORM: Way.TIFF,
    Trouble.SCANNED_FORM: Way.SCAN,
    Trouble.ENCRYPTED: Way.ENCRYPTED,
    Trouble.TRUNCATED: Way.TRUNCATED,
    Trouble.PROGRAM: Way.PROGRAM,
    Trouble.SCRIPT: Way.SCRIPT,
    Trouble.WEB_PAGE: Way.WEB_PAGE,
    Trouble.EMPTY: Way.EMPTY,
}
"""How the health form came; the others are PDFs with a text."""

_PICTURES_OF_MANDATES = (Way.SCAN, Way.PHOTO, Way.WEBP, Way.SCREENSHOT)
_PHOTOS = 12
"""Portraits of girls, and as many of boys: shared by content."""
_REFUSED_INSIDE = {Way.ENCRYPTED: "encrypted", Way.TRUNCATED: "truncated"}
"""What only the isolated reader finds out; it is not started here, and the tests compare."""


def mandate_ways() -> Iterator[Way]:
    """How the mandates came that are no text: each way in its turn."""
    return cycle(_PICTURES_OF_MANDATES)


def changed_mandate(trouble: Trouble, words: MandateWords, dice: Random) -> MandateWords:
    """The mandate with what the trouble makes wrong in it."""
    changes: dict[Trouble, Callable[[], MandateWords]] = {
        Trouble.OTHER_IBAN: lambda: bad.with_other_iban(words, dice),
        Trouble.OTHER_NAME: lambda: bad.with_other_debtor(words, dice),
        Trouble.UNSIGNED: lambda: bad.unsigned(words),
        Trouble.LAPSED_MANDATE: lambda: bad.lapsed(words),
    }
    return changes.get(trouble, lambda: words)()


def read(file: SampleFile, pages: int, lines: Sequence[str]) -> PieceReading:
    """What the isolated reader tells of the file; `lines` are those of its text, where it keeps one."""
    try:
        kind = sniff(file.content)
        if file.way in _REFUSED_INSIDE:
            raise refuse(_REFUSED_INSIDE[file.way])
    except FileRefused as refusal:
        return PieceReading("", 0, refusal=str(refusal))
    has_text = file.way in {Way.TEXT, Way.SCRIPT}
    hazards = (warning("script"),) if file.way is Way.SCRIPT else ()
    one_page = kind.value not in {"pdf", "tiff"}
    return PieceReading(kind.value.upper(), 1 if one_page else pages, hazards, tuple(lines) if has_text else ())


def photo_of(child: Child) -> bytes | None:
    """The child's identity photograph, None where the family sent none."""
    return None if child.photo is None else _photo(child.photo % _PHOTOS, girl=child.girl)


@cache
def _photo(number: int, *, girl: bool) -> bytes:
    return identity_photo(number, girl=girl)
