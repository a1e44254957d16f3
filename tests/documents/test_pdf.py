"""PDF pages are drawn and read where they say they are; warnings tell what they would do elsewhere."""

from __future__ import annotations

import zlib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    RectangleObject,
    TextStringObject,
)
from PySide6.QtGui import QImage

from dombes_office.documents.intake import FileKind
from dombes_office.errors import FileRefused
from dombes_office.rules.mandates import debtor_named, read_mandate
from tests.documents import pieces
from tests.documents.conftest import seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from pypdf import PdfWriter

    from dombes_office.documents.pages import TextSpan
    from dombes_office.documents.renderer import Renderer


def dark_pixels(renderer: Renderer, sha256: str, span: TextSpan) -> int:
    """How many dark pixels the page has within the span's box."""
    shown = seen(renderer.render(sha256, span.page, 2.0)).convert("L")
    left, top, right, bottom = span.box
    inside = shown.crop(
        (int(left * shown.width), int(top * shown.height), int(right * shown.width), int(bottom * shown.height))
    )
    return sum(inside.histogram()[:128])


def test_a_mandate_is_summed_up(shared: Renderer) -> None:
    content = pieces.mandate(2)
    summary = shared.open(content)
    assert summary.kind is FileKind.PDF
    assert summary.byte_count == len(content)
    assert summary.page_count == 2
    assert summary.page_sizes[0] == pytest.approx((595.28, 841.89), abs=0.01)
    assert summary.hazards == ()
    assert summary.has_text


@pytest.mark.parametrize(
    ("rotation", "red", "size"),
    [(0, (5, 5), (600, 400)), (90, (395, 5), (400, 600)), (180, (595, 395), (600, 400)), (270, (5, 595), (400, 600))],
)
def test_a_page_is_drawn_upright_and_turned_clockwise(
    shared: Renderer, rotation: int, red: tuple[int, int], size: tuple[int, int]
) -> None:
    summary = shared.open(pieces.corner_pdf())
    shown = seen(shared.render(summary.sha256, 0, 2.0, rotation))
    assert shown.size == size
    assert shown.getpixel(red) == pieces.RED
    assert shown.getpixel((size[0] // 2, size[1] // 2)) == (255, 255, 255)


def test_the_pixels_are_what_qt_reads(shared: Renderer) -> None:
    summary = shared.open(pieces.corner_pdf())
    page = shared.render(summary.sha256, 0, 1.0)
    image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format[page.format])
    assert image.pixelColor(5, 5).getRgb() == (*pieces.RED, 255)


def test_a_page_too_large_to_draw_is_drawn_smaller(shared: Renderer) -> None:
    summary = shared.open(pieces.raw_pdf(pieces.stream(b"1 0 0 rg 0 0 14000 14000 re f"), size=(14000, 14000)))
    page = shared.render(summary.sha256, 0, 20.0)
    assert page.width == page.height
    assert 20_000_000 < page.width * page.height <= 24_000_000


def test_the_text_of_a_mandate_is_found_with_its_box(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate())
    spans = {span.text: span for span in shared.text(summary.sha256)}
    line = spans[f"IBAN {pieces.IBAN}"]
    left, top, right, bottom = line.box
    assert left == pytest.approx(60 / 595.28, abs=0.01)
    assert (top + bottom) / 2 == pytest.approx((841.89 - 703.5) / 841.89, abs=0.01)
    assert right - left == pytest.approx(195 / 595.28, abs=0.03)
    assert dark_pixels(shared, summary.sha256, line) > 500
    assert f"Nom du débiteur : {pieces.DEBTOR}" in spans
    assert "Fait à Baneins, le 12/09/2026" in spans


@pytest.mark.parametrize("make", [pieces.mandate, pieces.mandate_in_cells, lambda: pieces.form(pieces.IBAN)])
def test_the_rules_find_the_account_in_the_text_of_a_mandate(shared: Renderer, make: Callable[[], bytes]) -> None:
    spans = shared.text(shared.open(make()).sha256)
    reading = read_mandate([span.text for span in spans])
    assert [found.iban for found in reading.ibans] == [pieces.IBAN.replace(" ", "")]


def test_the_rules_find_the_debtor_and_the_date_in_the_text_of_a_mandate(shared: Renderer) -> None:
    spans = shared.text(shared.open(pieces.mandate()).sha256)
    reading = read_mandate([span.text for span in spans])
    assert reading.signed_on == date(2026, 9, 12)
    assert debtor_named(reading, "Lefèvre-Dupont", "Gaëtane")


def test_an_iban_in_cells_is_read_in_order(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate_in_cells())
    told = " ".join(span.text for span in shared.text(summary.sha256))
    assert told == f"IBAN {pieces.IBAN} Signature"
    (found,) = shared.search(summary.sha256, pieces.IBAN.replace(" ", ""))
    assert found.text == pieces.IBAN
    assert found.box[2] - found.box[0] > 290 / 595.28


@pytest.mark.parametrize(
    "words", ["lefevre-dupont", "GAËTANE", "débiteur : LEFÈVRE", "fr7630006000", "FR76 3000 6000", "12/09/2026"]
)
def test_searching_ignores_accents_case_and_grouping(shared: Renderer, words: str) -> None:
    summary = shared.open(pieces.mandate(3, lines=5))
    found = shared.search(summary.sha256, words)
    assert [span.page for span in found] == [0, 1, 2]
    assert all(dark_pixels(shared, summary.sha256, span) > 50 for span in found)


def test_a_search_box_holds_the_words_alone(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate())
    line = next(span for span in shared.text(summary.sha256) if span.text.startswith("Nom"))
    (name,) = shared.search(summary.sha256, "Gaëtane")
    assert name.box[0] > line.box[0] + 0.1
    assert name.box[2] == pytest.approx(line.box[2], abs=0.005)


def test_searching_for_nothing_finds_nothing(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate())
    assert shared.search(summary.sha256, "  ") == ()
    assert shared.search(summary.sha256, "zzz") == ()


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_boxes_follow_a_page_that_is_stored_turned(shared: Renderer, turned: int) -> None:
    def turn(writer: PdfWriter) -> None:
        writer.pages[0].rotate(turned)

    summary = shared.open(pieces.rewritten(pieces.mandate(), turn))
    (found,) = shared.search(summary.sha256, "Gaëtane")
    assert dark_pixels(shared, summary.sha256, found) > 100


def test_boxes_follow_a_cropped_page(shared: Renderer) -> None:
    def crop(writer: PdfWriter) -> None:
        writer.pages[0].cropbox = RectangleObject((50, 600, 500, 800))

    summary = shared.open(pieces.rewritten(pieces.mandate(), crop))
    assert summary.page_sizes == ((450.0, 200.0),)
    (found,) = shared.search(summary.sha256, "Gaëtane")
    assert dark_pixels(shared, summary.sha256, found) > 100


@pytest.mark.parametrize("keep_appearance", [True, False])
def test_what_was_typed_into_a_form_is_drawn_and_read(shared: Renderer, *, keep_appearance: bool) -> None:
    summary = shared.open(pieces.form(pieces.IBAN, keep_appearance=keep_appearance))
    (found,) = shared.search(summary.sha256, pieces.IBAN)
    assert found.text == pieces.IBAN
    assert found.box[1] == pytest.approx((841.89 - 758) / 841.89, abs=0.02)
    assert dark_pixels(shared, summary.sha256, found) > 300


def test_sixty_pages_are_shown_and_sixty_one_refused(shared: Renderer) -> None:
    assert shared.open(pieces.mandate(60)).page_count == 60
    with pytest.raises(FileRefused) as refused:
        shared.open(pieces.mandate(61))
    assert refused.value.code == "too_many_pages"


@pytest.mark.parametrize("algorithm", ["RC4-128", "RC4-40"])
def test_a_pdf_with_a_password_is_refused(shared: Renderer, algorithm: str) -> None:
    content = pieces.rewritten(pieces.mandate(), lambda writer: writer.encrypt("secret", algorithm=algorithm))
    with pytest.raises(FileRefused) as refused:
        shared.open(content)
    assert refused.value.code == "encrypted"


def test_a_pdf_that_only_forbids_printing_is_shown(shared: Renderer) -> None:
    content = pieces.rewritten(pieces.mandate(), lambda writer: writer.encrypt("", "owner", algorithm="RC4-128"))
    summary = shared.open(content)
    assert shared.search(summary.sha256, "Gaëtane")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_pdf_cut_short_is_refused(shared: Renderer, share: float) -> None:
    content = pieces.mandate(2, lines=20)
    with pytest.raises(FileRefused) as refused:
        shared.open(content[: int(len(content) * share)])
    assert refused.value.code == "truncated"


def test_a_pdf_that_lacks_its_last_lines_only_is_shown_with_a_warning(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate()[:-12])
    assert [hazard.code for hazard in summary.hazards] == ["truncated"]
    assert shared.render(summary.sha256, 0, 1.0).width == 595


def test_a_page_that_does_not_exist_is_refused(shared: Renderer) -> None:
    summary = shared.open(pieces.mandate())
    for page in (-1, 1):
        with pytest.raises(FileRefused) as refused:
            shared.render(summary.sha256, page, 1.0)
        assert refused.value.code == "no_page"


def opening_action(action: dict[str, str]) -> bytes:
    """A mandate that wants to do something when it is opened."""

    def add(writer: PdfWriter) -> None:
        words = {
            NameObject(key): NameObject(word) if word.startswith("/") else TextStringObject(word)
            for key, word in action.items()
        }
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(words))

    return pieces.rewritten(pieces.mandate(), add)


def attached(writer: PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ")


def dynamic(writer: PdfWriter) -> None:
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>"), NameObject("/Fields"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = form


def video(writer: PdfWriter) -> None:
    box = ArrayObject([FloatObject(0)] * 4)
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/RichMedia"), NameObject("/Rect"): box})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (opening_action({"/S": "/JavaScript", "/JS": "app.alert(1)"}), "script"),
        (opening_action({"/S": "/JavaScript", "/JS": "x"}).replace(b"/JavaScript", b"/J#61v#61Script"), "script"),
        (opening_action({"/S": "/Launch", "/F": "cmd.exe"}), "launch"),
        (opening_action({"/S": "/SubmitForm", "/F": "http://attaque.invalid"}), "form_sending"),
        (pieces.rewritten(pieces.mandate(), attached), "attachment"),
        (pieces.rewritten(pieces.mandate(), dynamic), "dynamic_form"),
        (pieces.rewritten(pieces.mandate(), video), "media"),
    ],
)
def test_what_a_pdf_would_do_elsewhere_is_told_and_its_pages_shown(shared: Renderer, content: bytes, code: str) -> None:
    summary = shared.open(content)
    assert [hazard.code for hazard in summary.hazards] == [code]
    assert shared.render(summary.sha256, 0, 0.5).width == 298


def test_a_script_within_an_object_stream_is_told(shared: Renderer) -> None:
    hidden = zlib.compress(b"9 0 << /S /JavaScript /JS (app.alert(1)) >>")
    objects = pieces.stream(hidden, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    summary = shared.open(pieces.raw_pdf(pieces.stream(b"0 0 50 50 re f"), objects))
    assert [hazard.code for hazard in summary.hazards] == ["script"]


def test_letters_beyond_the_usual_ones_keep_their_boxes(shared: Renderer) -> None:
    summary = shared.open(pieces.embedded("Ștefan Łukasz ﬁnal Ωμέγα – Œuvre de l’été"))
    told = [span.text for span in shared.text(summary.sha256)]
    assert told[0].startswith("Ștefan Łukasz")
    for words in ("Ștefan", "lukasz", "été"):
        (found,) = shared.search(summary.sha256, words)
        assert dark_pixels(shared, summary.sha256, found) > 50


def test_a_page_of_very_many_lines_is_answered(shared: Renderer) -> None:
    summary = shared.open(pieces.crowded(5000))
    spans = shared.text(summary.sha256)
    assert 3000 < len(spans) <= 4000
    assert len(shared.search(summary.sha256, "ligne")) <= 500
