"""Photographs and scans come out upright, whole and in their colours, whatever wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dombes_office.documents.intake import FileKind
from dombes_office.errors import FileRefused
from tests.documents import pieces
from tests.documents.conftest import seen

if TYPE_CHECKING:
    from dombes_office.documents.renderer import Renderer


def is_like(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
def test_every_exif_orientation_comes_out_upright(shared: Renderer, name: str, orientation: int) -> None:
    summary = shared.open(pieces.picture(name, orientation))
    image = shared.render(summary.sha256, 0, 1.0)
    shown = seen(image)
    assert summary.page_sizes == ((96.0, 64.0),)
    assert (image.number, image.width, image.height, image.stride) == (0, 96, 64, 384)
    assert is_like(shown.getpixel((5, 5)), pieces.RED)
    assert is_like(shown.getpixel((90, 5)), pieces.BLUE)
    assert is_like(shown.getpixel((5, 58)), (255, 255, 255))


@pytest.mark.parametrize(
    ("rotation", "red", "size"), [(90, (58, 5), (64, 96)), (180, (90, 58), (96, 64)), (270, (5, 90), (64, 96))]
)
def test_turning_is_clockwise(shared: Renderer, rotation: int, red: tuple[int, int], size: tuple[int, int]) -> None:
    summary = shared.open(pieces.picture("PNG"))
    shown = seen(shared.render(summary.sha256, 0, 1.0, rotation))
    assert shown.size == size
    assert is_like(shown.getpixel(red), pieces.RED)


def test_the_scale_is_relative_to_the_original(shared: Renderer) -> None:
    summary = shared.open(pieces.picture("JPEG", 6, (3000, 2000)))
    assert summary.kind is FileKind.JPEG
    assert seen(shared.render(summary.sha256, 0, 0.1)).size == (300, 200)
    assert seen(shared.render(summary.sha256, 0, 1.0)).size == (3000, 2000)


def test_a_scan_of_several_pages_shows_each(shared: Renderer) -> None:
    summary = shared.open(pieces.tiff(3))
    assert summary.page_sizes == ((100.0, 80.0), (140.0, 80.0), (180.0, 80.0))
    levels = [seen(shared.render(summary.sha256, page, 1.0)).getpixel((5, 5)) for page in (0, 1, 2)]
    assert levels == [(250, 250, 250), (220, 220, 220), (190, 190, 190)]


def test_a_scan_of_61_pages_is_refused(shared: Renderer) -> None:
    assert shared.open(pieces.tiff(60)).page_count == 60
    with pytest.raises(FileRefused) as refused:
        shared.open(pieces.tiff(61))
    assert refused.value.code == "too_many_pages"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_every_colour_mode_is_shown(shared: Renderer, mode: str) -> None:
    grey = Image.new("L", (20, 20), 255)
    stored = Image.new("I;16", (20, 20), 65535) if mode == "I;16" else grey.convert("RGB").convert(mode)
    summary = shared.open(pieces.saved(stored, "TIFF" if mode == "CMYK" else "PNG"))
    assert is_like(seen(shared.render(summary.sha256, 0, 1.0)).getpixel((5, 5)), (255, 255, 255))


def test_transparency_lies_on_white_paper(shared: Renderer) -> None:
    summary = shared.open(pieces.saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))
    assert seen(shared.render(summary.sha256, 0, 1.0)).getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_has_no_text(shared: Renderer) -> None:
    summary = shared.open(pieces.picture("PNG"))
    assert not summary.has_text
    assert shared.text(summary.sha256) == ()
    assert shared.search(summary.sha256, "IBAN") == ()


def test_a_photograph_cut_short_is_shown_with_a_warning(shared: Renderer) -> None:
    noisy = Image.effect_noise((400, 400), 80).convert("RGB")
    content = pieces.saved(noisy, "JPEG")
    summary = shared.open(content[: len(content) // 2])
    assert [hazard.code for hazard in summary.hazards] == ["truncated"]
    assert seen(shared.render(summary.sha256, 0, 1.0)).size == (400, 400)


def test_a_photograph_without_its_header_is_refused(shared: Renderer) -> None:
    with pytest.raises(FileRefused) as refused:
        shared.open(pieces.picture("JPEG")[:40])
    assert refused.value.code == "unreadable"


def test_a_decompression_bomb_is_refused_before_it_is_decoded(shared: Renderer) -> None:
    with pytest.raises(FileRefused) as refused:
        shared.open(pieces.bomb_png())
    assert refused.value.code == "too_heavy"
    assert shared.open(pieces.picture("PNG")).page_count == 1
