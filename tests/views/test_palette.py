"""The colours: every text can be read, every edge can be seen, in both schemes."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from dombes_office.views.palette import DARK, LIGHT, Palette, contrast, current_palette, to_qpalette
from dombes_office.views.widgets.marks import STATE_ICONS, State

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

TEXT, EDGE = 4.5, 3.0
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def pairs() -> list[tuple[str, str]]:
    """Every colour of text with every ground that it stands on."""
    grounds = ("window", "surface", "raised", "select", "accent_soft", "hover")
    plain = [(text, ground) for text in ("text", "text2", "accent") for ground in grounds]
    states = [(state.value, f"{state}_soft") for state in State]
    on_rows = [(state.value, ground) for state in State for ground in ("surface", "raised", "select")]
    kinds = [("text", f"{kind}_soft") for kind in ("care", "meal", "good", "verify", "failure", "waiting", "neutral")]
    return [*plain, *states, *on_rows, *kinds, ("on_accent", "accent"), ("on_accent", "accent_hover")]


@BOTH
def test_every_text_can_be_read(palette: Palette) -> None:
    poor = {
        f"{text} on {ground}": round(contrast(getattr(palette, text), getattr(palette, ground)), 2)
        for text, ground in pairs()
        if contrast(getattr(palette, text), getattr(palette, ground)) < TEXT
    }
    assert not poor


@BOTH
@pytest.mark.parametrize("ground", ["surface", "window", "raised"])
def test_every_edge_of_a_control_can_be_seen(palette: Palette, ground: str) -> None:
    assert contrast(palette.control, getattr(palette, ground)) >= EDGE
    assert contrast(palette.accent, getattr(palette, ground)) >= EDGE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast(LIGHT.text, LIGHT.surface) == pytest.approx(16.6, abs=0.1)


@BOTH
def test_every_role_is_a_colour(palette: Palette) -> None:
    assert all(QColor(getattr(palette, field.name)).isValid() for field in fields(palette))


def test_the_palette_is_known_again(qapp: QApplication) -> None:
    qapp.setPalette(to_qpalette(DARK))
    assert current_palette() == DARK
    qapp.setPalette(to_qpalette(LIGHT))
    assert current_palette() == LIGHT


def test_the_systems_own_colours_are_respected(qapp: QApplication) -> None:
    contrasted = QPalette(QColor("#000000"))
    for role, name in (
        ("Base", "#000000"),
        ("Text", "#FFFF00"),
        ("Highlight", "#00FFFF"),
        ("HighlightedText", "#000000"),
    ):
        contrasted.setColor(QPalette.ColorRole[role], QColor(name))
    before = QGuiApplication.palette()
    qapp.setPalette(contrasted)
    found = current_palette()
    qapp.setPalette(before)
    assert (found.surface, found.failure_soft, found.text, found.failure) == (
        "#000000",
        "#000000",
        "#FFFF00",
        "#FFFF00",
    )
    assert (found.accent, found.on_accent) == ("#00FFFF", "#000000")


def test_each_state_has_its_own_shape() -> None:
    assert len(set(STATE_ICONS.values())) == len(State)
