"""The invented uploads: the same bytes each time, readable where they should be, and nowhere else."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from pypdf import PdfReader
from reportlab.pdfbase.ttfonts import TTFont

from dombes_office.demo import names
from dombes_office.demo.papers import bad
from dombes_office.demo.papers.camera import Shot, photograph, photograph_heic, photograph_webp, screenshot
from dombes_office.demo.papers.files import health_form_file, mandate_file
from dombes_office.demo.papers.health_form import health_form_pdf, health_form_sheets, health_words_of
from dombes_office.demo.papers.mandate import MandateWords, mandate_pdf, mandate_sheet, words_of
from dombes_office.demo.papers.photo import identity_photo
from dombes_office.demo.papers.sample import SampleFile, Way
from dombes_office.demo.papers.scan import faxed_tiff, scanned_pdf
from dombes_office.demo.people import Child, Family, families
from dombes_office.demo.places import CREDITOR_ID
from dombes_office.documents.intake import MAX_BYTES, FileKind, sniff
from dombes_office.errors import FileRefused
from dombes_office.rules.french import NBSP, numeric_date
from dombes_office.rules.iban import is_valid
from dombes_office.rules.mandates import debtor_named, read_mandate, same_account
from dombes_office.settings import resource

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 24)
SIGNED = date(2026, 11, 16)
TAKEN_AT = datetime(2026, 11, 16, 18, 45, 12)  # noqa: DTZ001 - EXIF has no time zone.
SMALL = (600, 800)
PAPERS = ("health_form", "mandate")


@pytest.fixture(scope="module")
def family() -> Family:
    """A family with a child under a PAI that pays by direct debit."""
    return next(
        family
        for family in families(7, 500, TODAY)
        if family.account and family.other and any("PAI" in (child.care_note or "") for child in family.children)
    )


@pytest.fixture(scope="module")
def child(family: Family) -> Child:
    return next(child for child in family.children if "PAI" in (child.care_note or ""))


@pytest.fixture(scope="module")
def words(family: Family) -> MandateWords:
    return words_of(family, "DOMBES-MS-2026-01187", SIGNED)


@pytest.fixture(scope="module")
def papers(family: Family, child: Child, words: MandateWords) -> dict[tuple[str, Way], SampleFile]:
    """Both papers, as they come each way."""
    forms = {(PAPERS[0], way): health_form_file(way, family, child, SIGNED, dice()) for way in Way}
    return forms | {(PAPERS[1], way): mandate_file(way, words, family, SIGNED, dice()) for way in Way}


def dice() -> Random:
    return Random(3)  # noqa: S311 - reproducible on purpose.


def text_of(pdf: bytes, password: str | None = None) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf), password=password).pages)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    "make",
    [
        lambda words, _: mandate_pdf(words),
        lambda words, _: mandate_pdf(words, bad.PASSWORD),
        lambda words, _: bad.with_script(mandate_pdf(words)),
        lambda words, _: scanned_pdf((mandate_sheet(words),), dice(), dpi=60),
        lambda words, _: scanned_pdf((mandate_sheet(words),), dice(), dpi=60, coloured=True),
        lambda words, _: faxed_tiff((mandate_sheet(words),), dice()),
        lambda words, _: photograph(mandate_sheet(words), Shot(TAKEN_AT, 6, SMALL), dice()),
        lambda words, _: photograph(mandate_sheet(words), Shot(TAKEN_AT, 6, SMALL, 9, 0.5), dice()),
        lambda words, _: photograph_heic(mandate_sheet(words), Shot(TAKEN_AT, 6, SMALL), dice()),
        lambda words, _: photograph_webp(mandate_sheet(words), Shot(TAKEN_AT, 1, SMALL), dice()),
        lambda words, _: screenshot(mandate_sheet(words), Shot(TAKEN_AT), dice()),
        lambda words, family: health_form_pdf(health_words_of(family, family.children[0], words.signed_on, dice())),
        lambda _, __: identity_photo(4, girl=True),
    ],
    ids=[
        *("text", "locked", "script", "scan", "colours", "fax", "photo", "blurred", "heic", "webp", "screen"),
        *("form", "portrait"),
    ],
)
def test_same_bytes_each_time(
    make: Callable[[MandateWords, Family], bytes], words: MandateWords, family: Family
) -> None:
    assert make(words, family) == make(words, family)


def test_another_throw_another_picture(words: MandateWords) -> None:
    one, other = (
        photograph(mandate_sheet(words), Shot(TAKEN_AT, 6, SMALL), Random(seed))  # noqa: S311 - reproducible.
        for seed in (1, 2)
    )
    assert one != other


def test_text_mandate_says_all_that_one_must_say(words: MandateWords) -> None:
    text = text_of(mandate_pdf(words))
    reading = read_mandate(text.splitlines())
    assert reading.ibans[0].iban == words.iban
    assert reading.bic == words.bic
    assert reading.rum == "DOMBES-MS-2026-01187"
    assert reading.ics == CREDITOR_ID
    assert reading.signed_on == SIGNED
    assert words.debtor in reading.names
    for said in (
        "MANDAT DE PRÉLÈVEMENT SEPA",
        "vous autorisez le créancier",
        "huit\nsemaines",
        "récurrent",
        "Vos droits",
    ):
        assert said in text
    assert words.address in text
    assert len(PdfReader(io.BytesIO(mandate_pdf(words))).pages) == 1


def test_contradicting_mandates(words: MandateWords, family: Family) -> None:
    assert family.account is not None
    typed = family.account.iban

    def read(changed: MandateWords) -> tuple[bool, bool, date | None]:
        reading = read_mandate(text_of(mandate_pdf(changed)).splitlines())
        named = debtor_named(reading, family.holder.last_name, family.holder.first_name)
        return same_account(reading.ibans[0], typed), named, reading.signed_on

    assert read(words) == (True, True, SIGNED)
    assert is_valid(bad.with_other_iban(words, dice()).iban)
    assert read(bad.with_other_iban(words, dice())) == (False, True, SIGNED)
    assert read(bad.with_other_debtor(words, dice())) == (True, False, SIGNED)
    assert read(bad.unsigned(words)) == (True, True, None)
    lapsed_on = read(bad.lapsed(words))[2]
    assert lapsed_on is not None
    assert (TODAY - lapsed_on).days > 3 * 366


def test_an_unsigned_mandate_has_no_curve(words: MandateWords) -> None:
    signed, unsigned = mandate_pdf(words), mandate_pdf(replace(words, signature_seed=None))
    streams = [PdfReader(io.BytesIO(pdf)).pages[0].get_contents() for pdf in (signed, unsigned)]
    counts = [len(re.findall(rb"[0-9] c\s", stream.get_data())) for stream in streams if stream is not None]
    assert counts[0] > 4
    assert counts[1] == 0


def test_health_form_bears_the_child_and_its_care(family: Family, child: Child) -> None:
    words = health_words_of(family, child, SIGNED, dice())
    pdf = health_form_pdf(words)
    text = text_of(pdf)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    assert child.last_name.upper() in text
    assert child.first_name in text
    assert numeric_date(child.born_on) in text
    assert family.full_address in text
    assert numeric_date(SIGNED) in text
    assert words.treatment or words.allergy
    assert (words.treatment or words.allergy) in text
    assert "\u202f" not in text, "the font has no narrow no-break space"


def test_a_scan_has_no_text(words: MandateWords) -> None:
    pdf = scanned_pdf((mandate_sheet(words), mandate_sheet(words)), dice(), dpi=60)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    assert text_of(pdf).strip() == ""
    assert sniff(pdf) is FileKind.PDF


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photograph_is_stored_turned(words: MandateWords, orientation: int) -> None:
    image = opened(photograph(mandate_sheet(words), Shot(TAKEN_AT, orientation, SMALL), dice()))
    assert image.getexif()[0x0112] == orientation
    assert image.getexif()[0x0132] == "2026:11:16 18:45:12"
    assert image.size == (SMALL if orientation < 5 else SMALL[::-1])


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_heic_is_stored_turned_too(words: MandateWords, orientation: int) -> None:
    content = photograph_heic(mandate_sheet(words), Shot(TAKEN_AT, orientation, SMALL), dice())
    assert sniff(content) is FileKind.HEIC
    assert opened(content).info["original_orientation"] == orientation


def test_a_fax_has_both_pages_in_black_and_white(family: Family, child: Child) -> None:
    image = opened(faxed_tiff(health_form_sheets(health_words_of(family, child, SIGNED, dice())), dice()))
    assert getattr(image, "n_frames", 1) == 2
    assert image.mode == "1"


def test_an_unreadable_photograph_has_no_strokes_left(words: MandateWords) -> None:
    def strokes(shot: Shot) -> float:
        """How much the picture, its noise averaged away, differs from itself out of focus."""
        grey = opened(photograph(mandate_sheet(words), shot, dice())).convert("L").reduce(2)
        return ImageStat.Stat(ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(3)))).mean[0]

    assert strokes(Shot(TAKEN_AT, 1, SMALL)) > 2 * strokes(Shot(TAKEN_AT, 1, SMALL, blur=12))


def test_locked_pdf_asks_for_its_password(words: MandateWords) -> None:
    locked = mandate_pdf(words, bad.PASSWORD)
    assert PdfReader(io.BytesIO(locked)).is_encrypted
    assert "MANDAT" in text_of(locked, bad.PASSWORD)


def test_script_opens_with_the_document_and_only_greets(words: MandateWords) -> None:
    catalogue = PdfReader(io.BytesIO(bad.with_script(mandate_pdf(words)))).root_object
    assert catalogue["/OpenAction"]["/JS"] == "app.alert('Bonjour');"  # type: ignore[index] # a PDF dictionary


@pytest.mark.parametrize(
    ("content", "code"), [(bad.program(), "executable"), (bad.web_page(), "web_page"), (b"", "empty")]
)
def test_files_that_are_no_documents(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        sniff(content)
    assert refusal.value.code == code


def test_the_program_is_none() -> None:
    """No section and no entry point: no system can start it."""
    content = bad.program()
    assert content[:2] == b"MZ"
    assert not any(content[0x84:])


def test_truncated_pdf_lacks_its_end(words: MandateWords) -> None:
    assert b"%%EOF" not in bad.truncated(mandate_pdf(words))


def test_portraits_are_small_and_differ() -> None:
    portraits = {identity_photo(number, girl=girl) for number in range(4) for girl in (True, False)}
    assert len(portraits) == 8
    assert all(opened(portrait).size == (640, 820) and len(portrait) < 100_000 for portrait in portraits)


@pytest.mark.parametrize("face", ["Regular", "Italic"])
def test_the_fonts_can_write_every_name(face: str) -> None:
    font = TTFont(f"Test{face}", str(resource(f"fonts/OpenSans-{face}.ttf")))
    written = {
        letter
        for origin in names.ORIGINS
        for pool in (origin.last_names, origin.mothers, origin.fathers, origin.girls, origin.boys)
        for name in pool
        for letter in name + name.upper()
    }
    written |= {letter for note in names.CARE_NOTES for letter in note} | {NBSP}
    assert {letter for letter in written if ord(letter) not in font.face.charToGlyph} == set()


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("way", Way)
def test_every_way_makes_a_file_of_its_kind(papers: dict[tuple[str, Way], SampleFile], paper: str, way: Way) -> None:
    kinds = {
        Way.PHOTO: FileKind.JPEG,
        Way.UNREADABLE: FileKind.JPEG,
        Way.HEIC: FileKind.HEIC,
        Way.WEBP: FileKind.WEBP,
        Way.SCREENSHOT: FileKind.PNG,
        Way.TIFF: FileKind.TIFF,
    }
    file = papers[paper, way]
    assert file.way is way
    if way not in {Way.PROGRAM, Way.WEB_PAGE, Way.EMPTY}:
        assert sniff(file.content) is kinds.get(way, FileKind.PDF)
    assert len(file.content) <= 2_000_000 < MAX_BYTES
    assert re.fullmatch(r"[^/]+\.[A-Za-z]{3,4}", file.file_name)


def test_photographs_are_large_and_turned(papers: dict[tuple[str, Way], SampleFile]) -> None:
    for paper in PAPERS:
        image = Image.open(io.BytesIO(papers[paper, Way.PHOTO].content))
        assert min(image.size) >= 2448
        assert image.getexif()[0x0112] in {3, 6, 8}
