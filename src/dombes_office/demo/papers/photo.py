"""Identity photographs of children who do not exist: a few flat shapes, like a drawing from a school book."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from dombes_office.demo.papers.grain import lit, noisy

_SIZE = (640, 820)
_LARGER = 2
"""Drawn larger and reduced, so that the edges are smooth."""

_WALLS = ((214, 222, 230), (226, 222, 212), (206, 220, 214), (228, 228, 230), (198, 210, 226))
_SKINS = ((244, 210, 184), (232, 188, 156), (214, 166, 128), (176, 124, 88), (136, 92, 64), (98, 66, 48))
_HAIRS = ((44, 32, 26), (72, 50, 34), (112, 78, 46), (168, 122, 66), (206, 168, 104), (150, 74, 40), (24, 22, 24))
_EYES = ((70, 48, 34), (74, 98, 116), (82, 104, 72))
_CLOTHES = ((46, 92, 132), (152, 56, 62), (64, 122, 92), (226, 186, 84), (92, 76, 138), (236, 236, 232), (52, 58, 66))

_SHARE_OF_LONG_HAIR = {True: 0.9, False: 0.1}


def identity_photo(seed: int, *, girl: bool) -> bytes:
    """A portrait as a JPEG of 640 x 820 pixels; one seed, one face. Most girls wear their hair long, some boys too."""
    dice = Random(f"portrait {seed} {girl}")  # noqa: S311 - drawn, not secret.
    face = Image.new("RGB", (_SIZE[0] * _LARGER, _SIZE[1] * _LARGER), dice.choice(_WALLS))
    _draw(ImageDraw.Draw(face), dice, long_hair=dice.random() < _SHARE_OF_LONG_HAIR[girl])
    small = face.resize(_SIZE, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.1))
    luma, *colours = small.convert("YCbCr").split()
    target = io.BytesIO()
    shaded = noisy(lit(luma, dice, darkest=215, shadow=0), 3, dice)
    Image.merge("YCbCr", (shaded, *colours)).save(target, "JPEG", quality=82)
    return target.getvalue()


def _draw(draw: ImageDraw.ImageDraw, dice: Random, *, long_hair: bool) -> None:
    """Hair behind, shoulders, neck, ears, head, hair in front, face."""
    skin, hair, cloth = dice.choice(_SKINS), dice.choice(_HAIRS), dice.choice(_CLOTHES)
    x, y = 640 + dice.randint(-20, 20), 760 + dice.randint(-25, 25)
    wide, tall = dice.randint(225, 255), dice.randint(290, 320)
    if long_hair:
        draw.rounded_rectangle((x - wide - 60, y - 260, x + wide + 60, y + 440), 200, hair)
    draw.rounded_rectangle((x - 480, y + 400, x + 480, y + 1400), 240, cloth)
    draw.polygon([(x - 150, y + 394), (x + 150, y + 394), (x, y + 530)], _darker(skin, 0.9))
    draw.rounded_rectangle((x - 110, y + 200, x + 110, y + 460), 90, _darker(skin, 0.9))
    for side in (-1, 1):
        ear = x + side * wide
        draw.ellipse((ear - 45, y - 40, ear + 45, y + 90), _darker(skin, 0.94))
    draw.ellipse((x - wide, y - tall, x + wide, y + tall), skin)
    _hair_in_front(draw, dice, hair, (x, y, wide, tall))
    _face(draw, dice, skin, hair, (x, y))


def _hair_in_front(
    draw: ImageDraw.ImageDraw, dice: Random, hair: tuple[int, int, int], head: tuple[int, int, int, int]
) -> None:
    x, y, wide, tall = head
    parting = dice.randint(-140, 140)
    draw.chord((x - wide - 28, y - tall - 50, x + wide + 28, y + tall - 90), 188, 352, hair)
    for side in (-1, 1):
        outer = x + side * (wide + 28)
        draw.polygon(
            [(x + parting, y - tall - 30), (outer, y - 120), (outer - side * 34, y + 10), (x + parting, y - 130)], hair
        )


def _face(
    draw: ImageDraw.ImageDraw,
    dice: Random,
    skin: tuple[int, int, int],
    hair: tuple[int, int, int],
    middle: tuple[int, int],
) -> None:
    x, y = middle
    iris = dice.choice(_EYES)
    for side in (-1, 1):
        eye = x + side * 98
        draw.ellipse((eye - 42, y - 22, eye + 42, y + 34), (250, 250, 248))
        draw.ellipse((eye - 21, y - 18, eye + 21, y + 30), iris)
        draw.ellipse((eye - 9, y - 4, eye + 9, y + 16), (20, 18, 18))
        draw.arc((eye - 62, y - 86, eye + 62, y + 20), 205, 335, _darker(hair, 0.9), 15)
        draw.ellipse((eye - 60, y + 90, eye + 60, y + 170), _warmer(skin))
    draw.arc((x - 34, y + 20, x + 34, y + 112), 20, 160, _darker(skin, 0.78), 10)
    smile = dice.randint(70, 105)
    draw.chord((x - smile, y + 95, x + smile, y + 215), 12, 168, (176, 76, 78))


def _darker(colour: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(level * part) for level in colour)
    return red, green, blue


def _warmer(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = colour
    return min(255, red + 10), round(green * 0.95), round(blue * 0.94)
