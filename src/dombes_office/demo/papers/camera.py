"""Sheets photographed with a telephone on a table, and what a telephone shows and sends."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from dombes_office.demo.papers.grain import lit, noisy, perspective
from dombes_office.demo.papers.pixels import rasterised
from dombes_office.settings import resource

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from dombes_office.demo.papers.drawing import Sheet

_ORIENTATION = 0x0112
_MAKE = 0x010F
_MODEL = 0x0110
_TAKEN_AT = 0x0132
_STORED = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""How the sensor stores what stands upright, by EXIF orientation (CIPA DC-008, 4.6.4 A)."""

_TABLES = (
    ((92, 62, 38), (150, 108, 70)),
    ((58, 44, 36), (98, 76, 60)),
    ((168, 150, 126), (206, 190, 168)),
    ((196, 198, 200), (222, 224, 226)),
    ((38, 56, 74), (58, 80, 102)),
)
"""Darkest and lightest colour of some kitchen tables."""

_PAGE_DPI = 220
_BLURRED_DPI = 110
_SMALLER = 4
_HEIC_SIZE = (1512, 2016)


@dataclass(frozen=True, slots=True)
class Shot:
    """How a photograph is taken. `orientation` is EXIF's: 6 and 8 for a telephone held upright, 3 upside down.

    `size` is what one sees upright, in pixels. `blur` is a radius in them; `darkness` 0 is daylight, 1 night.
    """

    taken_at: datetime
    orientation: int = 6
    size: tuple[int, int] = (3024, 4032)
    blur: float = 0
    darkness: float = 0
    quality: int = 62


def photograph(sheet: Sheet, shot: Shot, dice: Random) -> bytes:
    """The sheet as a JPEG of the telephone, its pixels stored turned as EXIF says."""
    return _saved(photographed(sheet, shot, dice), "JPEG", shot, quality=shot.quality)


def photograph_heic(sheet: Sheet, shot: Shot, dice: Random) -> bytes:
    """The sheet as a HEIC of the telephone, at most 1512 x 2016 pixels: its encoder needs half a second for those."""
    # Imported here: the codec takes 30 ms to load, and few files need it.
    from pillow_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener()
    width, height = (min(limit, wanted) for limit, wanted in zip(_HEIC_SIZE, shot.size, strict=True))
    upright = photographed(sheet, replace(shot, size=(width, height)), dice).convert("RGB")
    return _saved(upright, "HEIF", shot, quality=min(shot.quality, 50), enc_params={"preset": "ultrafast"})


def photograph_webp(sheet: Sheet, shot: Shot, dice: Random) -> bytes:
    """The sheet as a messenger sends it on: a small WebP without EXIF."""
    upright = photographed(sheet, shot, dice).convert("RGB")
    upright.thumbnail((1600, 1600))
    target = io.BytesIO()
    upright.save(target, "WEBP", quality=72, method=2)
    return target.getvalue()


def screenshot(sheet: Sheet, shot: Shot, dice: Random) -> bytes:
    """The telephone's screen while it shows the sheet, as a PNG of 1080 x 2340 pixels."""
    width, height = 1080, 2340
    screen = Image.new("RGB", (width, height), (82, 86, 92))
    page = rasterised(sheet, 130, dice)
    page = page.resize((width - 32, round(page.height * (width - 32) / page.width)), Image.Resampling.LANCZOS)
    screen.paste(page, (16, 330))
    draw = ImageDraw.Draw(screen)
    font = ImageFont.truetype(resource("fonts/OpenSans-Regular.ttf"), 40, layout_engine=ImageFont.Layout.BASIC)
    draw.rectangle((0, 0, width, 240), (32, 35, 40))
    draw.text((48, 68), f"{shot.taken_at:%H:%M}", (240, 240, 240), font, "ls")
    draw.rounded_rectangle((950, 38, 1028, 70), 8, outline=(240, 240, 240), width=3)
    draw.rectangle((956, 44, 1004, 64), (240, 240, 240))
    draw.line([(92, 156), (56, 180), (92, 204)], (240, 240, 240), 6, joint="curve")
    draw.text((140, 196), "document.pdf", (240, 240, 240), font, "ls")
    draw.rounded_rectangle((390, height - 34, 690, height - 24), 5, (220, 220, 220))
    target = io.BytesIO()
    screen.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, "PNG", optimize=False)
    return target.getvalue()


def photographed(sheet: Sheet, shot: Shot, dice: Random) -> Image.Image:
    """What the lens sees, upright, as YCbCr: the table, the sheet askew on it, the light of a lamp, noise.

    Colours are composed small, since JPEG keeps less of them anyway; only what is sharp is drawn in its full size.
    """
    page = rasterised(sheet, _BLURRED_DPI if shot.blur else _PAGE_DPI, dice)
    small = (shot.size[0] // _SMALLER, shot.size[1] // _SMALLER)
    scene = _table(small, dice)
    corners = _corners(small, dice)
    _lay_shadow(scene, corners, dice)
    table = scene.convert("L")
    scene.paste(*_laid(page.reduce(3), corners, small))
    if shot.blur:
        scene = scene.filter(ImageFilter.GaussianBlur(shot.blur / _SMALLER))
    luma, *colours = (plane.resize(shot.size, Image.Resampling.BILINEAR) for plane in scene.convert("YCbCr").split())
    if not shot.blur:
        luma = table.resize(shot.size, Image.Resampling.BILINEAR)
        luma.paste(*_laid(page.convert("L"), [(x * _SMALLER, y * _SMALLER) for x, y in corners], shot.size))
    luma = lit(luma, dice, round(205 - 130 * shot.darkness))
    if shot.darkness:
        luma = luma.point([round(level * (1 - 0.72 * shot.darkness)) for level in range(256)])
    return Image.merge("YCbCr", (noisy(luma, 3 + 9 * shot.darkness, dice), *colours))


def _laid(
    page: Image.Image, corners: list[tuple[float, float]], size: tuple[int, int]
) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """What `Image.paste` takes to lay the page on these corners of a picture of that size."""
    left, top = (max(0, int(min(corner[axis] for corner in corners))) for axis in (0, 1))
    right, bottom = (min(size[axis], int(max(corner[axis] for corner in corners)) + 1) for axis in (0, 1))
    moved = [(x - left, y - top) for x, y in corners]
    area = (right - left, bottom - top)
    mask = Image.new("L", area, 0)
    ImageDraw.Draw(mask).polygon(moved, 255)
    back = perspective(moved, page.size)
    return page.transform(area, Image.Transform.PERSPECTIVE, back, Image.Resampling.BILINEAR), (left, top), mask


def _table(size: tuple[int, int], dice: Random) -> Image.Image:
    """A table with a grain that runs one way."""
    dark, light = dice.choice(_TABLES)
    grain = Image.frombytes("L", (6, 240), dice.randbytes(1440)).resize((60, 480), Image.Resampling.BICUBIC)
    coloured = ImageOps.colorize(grain.filter(ImageFilter.GaussianBlur(1.2)), dark, light)
    return coloured.rotate(dice.choice((0, 0, 90)), expand=True).resize(size, Image.Resampling.BILINEAR)


def _corners(size: tuple[int, int], dice: Random) -> list[tuple[float, float]]:
    """Where the corners of the sheet fall, from the upper left, clockwise: askew, and smaller at its far end."""
    width, height = size
    turn = dice.uniform(-0.035, 0.035)
    lean = dice.uniform(0.015, 0.06) * width
    margin = dice.uniform(0.05, 0.09) * width
    tall = (width - 2 * margin) * 1.39
    top = (height - tall) * dice.uniform(0.35, 0.65)

    def shaken(x: float, y: float) -> tuple[float, float]:
        jolt = 0.012 * width
        turned = (x - turn * (y - height / 2), y + turn * (x - width / 2))
        return turned[0] + dice.uniform(-jolt, jolt), turned[1] + dice.uniform(-jolt, jolt)

    return [
        shaken(margin + lean, top),
        shaken(width - margin - lean, top),
        shaken(width - margin, top + tall),
        shaken(margin, top + tall),
    ]


def _lay_shadow(picture: Image.Image, corners: list[tuple[float, float]], dice: Random) -> None:
    """The soft shadow that the sheet throws on the table."""
    shift = dice.uniform(1.5, 7)
    soft = Image.new("L", picture.size, 0)
    ImageDraw.Draw(soft).polygon([(x + shift, y + shift) for x, y in corners], 120)
    picture.paste((12, 10, 10), (0, 0), soft.filter(ImageFilter.GaussianBlur(6)))


def _saved(upright: Image.Image, name: str, shot: Shot, **options: object) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = shot.orientation
    exif[_MAKE], exif[_MODEL] = "Photophone", "PX-12"
    exif[_TAKEN_AT] = f"{shot.taken_at:%Y:%m:%d %H:%M:%S}"
    turn = _STORED[shot.orientation]
    stored = upright if turn is None else upright.transpose(turn)
    target = io.BytesIO()
    stored.save(target, name, exif=exif, **options)
    return target.getvalue()
