"""A paper becomes a file: filled on a screen, scanned, photographed, or spoilt on the way, and gets a name.

Measured on one core: text mandate 6 ms, text form 8 ms, scanned page 100 ms, photograph 0.5 s, HEIC 0.5 s. So
each request can have text papers of its own, while photographs must be few.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from dombes_office.demo.papers import bad
from dombes_office.demo.papers.camera import Shot, photograph, photograph_heic, photograph_webp, screenshot
from dombes_office.demo.papers.health_form import health_form_pdf, health_form_sheets, health_words_of
from dombes_office.demo.papers.mandate import mandate_pdf, mandate_sheet
from dombes_office.demo.papers.sample import SampleFile, Way
from dombes_office.demo.papers.scan import faxed_tiff, scanned_pdf
from dombes_office.rules.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from random import Random

    from dombes_office.demo.papers.drawing import Sheet
    from dombes_office.demo.papers.mandate import MandateWords
    from dombes_office.demo.people import Child, Family

_ORIENTATIONS = (6, 6, 6, 8, 3)
_SIZES = ((3024, 4032), (2448, 3264), (2448, 3264))
_WEBP_SIZE = (1512, 2016)


def health_form_file(way: Way, family: Family, child: Child, signed_on: date, dice: Random) -> SampleFile:
    """The health form of that child, signed that day, as a file."""
    words = health_words_of(family, child, signed_on, dice)
    content = _content(
        way,
        lambda password: health_form_pdf(words, password),
        lambda: health_form_sheets(words),
        _taken_at(signed_on, dice),
        dice,
    )
    first, last = fold(child.first_name), fold(child.last_name).replace(" ", "_")
    named = dice.choice((f"fiche sanitaire {first}", f"fiche_sante_{first}_{last}", f"Fiche santé {child.first_name}"))
    return SampleFile(_file_name(way, named, signed_on, dice), content, way)


def mandate_file(way: Way, words: MandateWords, family: Family, sent_on: date, dice: Random) -> SampleFile:
    """The mandate as a file; `words` come from `mandate.words_of`, changed by `bad` where something is to be wrong.

    `sent_on` is the day of its photograph and of its name.
    """
    content = _content(
        way,
        lambda password: mandate_pdf(words, password),
        lambda: (mandate_sheet(words),),
        _taken_at(sent_on, dice),
        dice,
    )
    last = fold(family.holder.last_name).replace(" ", "_")
    named = dice.choice(("mandat signé", f"mandat_{last}", "Mandat SEPA", f"mandat prélèvement {last}"))
    return SampleFile(_file_name(way, named, sent_on, dice), content, way)


def _content(
    way: Way, pdf: Callable[[str], bytes], sheets: Callable[[], tuple[Sheet, ...]], taken_at: datetime, dice: Random
) -> bytes:
    """The bytes of a paper that came this way; `pdf` takes the password."""
    makers: dict[Way, Callable[[], bytes]] = {
        Way.TEXT: lambda: pdf(""),
        Way.ENCRYPTED: lambda: pdf(bad.PASSWORD),
        Way.TRUNCATED: lambda: bad.truncated(pdf("")),
        Way.SCRIPT: lambda: bad.with_script(pdf("")),
        Way.SCAN: lambda: scanned_pdf(sheets(), dice, coloured=dice.random() < 0.4),  # noqa: PLR2004 - a share.
        Way.TIFF: lambda: faxed_tiff(sheets(), dice),
        Way.PROGRAM: bad.program,
        Way.WEB_PAGE: bad.web_page,
        Way.EMPTY: bytes,
    }
    if way in makers:
        return makers[way]()
    # One takes a picture of the first page and forgets the second.
    return _shown_on_telephone(way, sheets()[0], taken_at, dice)


def _shown_on_telephone(way: Way, sheet: Sheet, taken_at: datetime, dice: Random) -> bytes:
    orientation = dice.choice(_ORIENTATIONS)
    match way:
        case Way.HEIC:
            return photograph_heic(sheet, Shot(taken_at, orientation), dice)
        case Way.WEBP:
            return photograph_webp(sheet, Shot(taken_at, 1, _WEBP_SIZE), dice)
        case Way.SCREENSHOT:
            return screenshot(sheet, Shot(taken_at), dice)
        case Way.UNREADABLE:
            blur, darkness = dice.choice(((46, 0.2), (34, 0.55), (28, 0.62)))
            return photograph(sheet, Shot(taken_at, orientation, _SIZES[1], blur, darkness, quality=55), dice)
        case _:
            return photograph(sheet, Shot(taken_at, orientation, dice.choice(_SIZES)), dice)


def _taken_at(day: date, dice: Random) -> datetime:
    """An evening of that day, as the telephone's clock shows it: EXIF has no time zone."""
    return datetime.combine(day, time(dice.randint(17, 21), dice.randrange(60), dice.randrange(60)))


def _file_name(way: Way, named: str, day: date, dice: Random) -> str:
    """The name under which a family sends it: its own words for a PDF, the telephone's or the scanner's otherwise."""
    number = dice.randint(2, 9800)
    stamp = f"{day:%Y%m%d}_{dice.randint(17, 21)}{dice.randrange(60):02}{dice.randrange(60):02}"
    camera = (f"IMG_{stamp}.jpg", f"{stamp}.jpg", f"IMG_{number:04}.JPG")
    usual = {
        Way.PHOTO: camera,
        Way.UNREADABLE: camera,
        Way.HEIC: (f"{named}.heic", f"IMG_{number:04}.HEIC"),
        Way.WEBP: (f"IMG-{day:%Y%m%d}-WA{number % 60:04}.webp",),
        Way.SCREENSHOT: (f"Screenshot_{stamp.replace('_', '-')}.png",),
        Way.TIFF: (f"fax {day:%d-%m-%Y}.tif", f"{named}.tiff"),
        Way.SCAN: (f"Scan{number % 400:04}.pdf", f"numérisation {day:%d-%m-%Y}.pdf", f"{named}.pdf"),
    }
    return dice.choice(usual.get(way, (f"{named}.pdf",)))
