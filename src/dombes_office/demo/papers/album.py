"""A fixed set of files, one of each kind and more of the usual ones, drawn once and shared by content."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from dombes_office.demo.papers.bad import EXPIRED_DAYS
from dombes_office.demo.papers.files import health_form_file, mandate_file, photo_file
from dombes_office.demo.papers.mandate import words_of
from dombes_office.demo.papers.sample import SampleFile, Way
from dombes_office.demo.people import every_family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from dombes_office.demo.people import Family

_FORMS = (
    (Way.PHOTO, 3), (Way.SCAN, 3), (Way.HEIC, 1), (Way.TIFF, 1), (Way.WEBP, 1), (Way.TEXT, 3), (Way.UNREADABLE, 2),
    (Way.ENCRYPTED, 1), (Way.TRUNCATED, 1), (Way.PROGRAM, 1), (Way.WEB_PAGE, 1), (Way.SCRIPT, 1), (Way.EMPTY, 1),
)  # fmt: skip
_MANDATES = (
    (Way.PHOTO, 3), (Way.SCAN, 3), (Way.HEIC, 1), (Way.WEBP, 1), (Way.SCREENSHOT, 1), (Way.TIFF, 1), (Way.TEXT, 2),
    (Way.UNREADABLE, 1), (Way.ENCRYPTED, 1), (Way.TRUNCATED, 1), (Way.PROGRAM, 1), (Way.WEB_PAGE, 1), (Way.SCRIPT, 1),
)  # fmt: skip
_PORTRAITS = 12
_EXPIRED = (Way.TEXT, Way.SCAN)


def sample_files(seed: int, today: date) -> tuple[SampleFile, ...]:
    """Some fifty distinct files, signed in the weeks before `today` but for the expired ones.

    They bear the names of the first families of `people.families(seed, ..., today)` that pay by direct debit, each
    family once for a form and a mandate that came the same way, so that who has those families can give each its own.
    Takes some 8 s, most of it for the photographs.
    """
    return tuple(_samples(seed, today))


def _samples(seed: int, today: date) -> Iterator[SampleFile]:
    dice = Random(f"album {seed}")  # noqa: S311 - invented, reproducible on purpose.
    senders = _senders(seed, today)
    forms, mandates = _spread(_FORMS), _spread(_MANDATES)
    for number in range(max(len(forms), len(mandates))):
        family = next(senders)
        signed_on = today - timedelta(days=dice.randint(2, 24))
        if number < len(forms):
            yield health_form_file(forms[number], family, family.children[0], signed_on, dice)
        if number < len(mandates):
            words = words_of(family, f"DOMBES-{signed_on.year}-{number + 1:05}", signed_on)
            yield mandate_file(mandates[number], words, family, family.children[0], dice)
        if number < _PORTRAITS:
            yield photo_file(family, family.children[0], number)
    for way in _EXPIRED:
        family = next(senders)
        signed_on = today - timedelta(days=EXPIRED_DAYS + dice.randint(0, 90))
        yield health_form_file(way, family, family.children[0], signed_on, dice)


def _senders(seed: int, today: date) -> Iterator[Family]:
    return (family for family in every_family(seed, today) if family.account is not None)


def _spread(counts: tuple[tuple[Way, int], ...]) -> tuple[Way, ...]:
    return tuple(Counter(dict(counts)).elements())
