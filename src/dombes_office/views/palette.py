"""The colours of the application by role, light and dark, and how they become Qt's own palette."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from PySide6.QtGui import QColor, QGuiApplication, QPalette


class Role(StrEnum):
    """What a colour is for; the value is the field of `Palette` that holds it."""

    TEXT = "text"
    TEXT2 = "text2"
    ACCENT = "accent"
    ON_ACCENT = "on_accent"
    CONTROL = "control"
    GOOD = "good"
    VERIFY = "verify"
    FAILURE = "failure"
    WAITING = "waiting"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Palette:
    """One set of colours, as #RRGGBB. The `_soft` ones lie behind the colour of the same name."""

    window: str
    surface: str
    raised: str
    border: str
    control: str
    text: str
    text2: str
    accent: str
    on_accent: str
    accent_soft: str
    select: str
    good: str
    good_soft: str
    verify: str
    verify_soft: str
    failure: str
    failure_soft: str
    waiting: str
    waiting_soft: str
    neutral: str
    neutral_soft: str
    care: str
    care_soft: str
    meal: str
    meal_soft: str
    desk: str
    """What lies around the paper in the document viewer."""
    hover: str
    accent_hover: str

    def color(self, role: str) -> QColor:
        """The colour of a role, by the name of its field."""
        return QColor(str(getattr(self, role)))

    def as_names(self) -> dict[str, str]:
        """Every role and its colour, for the style sheet."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}


LIGHT = Palette(
    window="#F2F4F6",
    surface="#FFFFFF",
    raised="#F8F9FB",
    border="#DCE1E7",
    # One step darker than drawn (#868F9A), which stood at 2.97:1 on the window's frame.
    control="#858E99",
    text="#1A1F25",
    text2="#525C68",
    accent="#0F5E8C",
    on_accent="#FFFFFF",
    accent_soft="#E3F0F8",
    select="#D6E9F5",
    good="#1A6B3A",
    good_soft="#E4F3E9",
    verify="#855000",
    verify_soft="#FCF0D9",
    failure="#B0261D",
    failure_soft="#FCEAE8",
    waiting="#66409B",
    waiting_soft="#F0EAF8",
    neutral="#525C68",
    neutral_soft="#ECEFF2",
    care="#8A3A6E",
    care_soft="#F7E8F1",
    meal="#0B6B6B",
    meal_soft="#DFF1F0",
    desk="#5B626B",
    hover="#ECEFF2",
    accent_hover="#0B4C72",
)

DARK = Palette(
    window="#191C20",
    surface="#22262B",
    raised="#2A2F35",
    border="#3A414A",
    control="#7B8591",
    text="#E7EAEE",
    text2="#A7B0BB",
    accent="#7CC0EA",
    on_accent="#0B1C28",
    accent_soft="#1D3A4D",
    select="#213F53",
    good="#7FD09A",
    good_soft="#1E3A29",
    verify="#EDB95B",
    verify_soft="#43341A",
    failure="#FF9A90",
    failure_soft="#4A2624",
    waiting="#C5A6F2",
    waiting_soft="#362A4A",
    neutral="#A7B0BB",
    neutral_soft="#343A42",
    care="#E59ACA",
    care_soft="#40283A",
    meal="#66C7C4",
    meal_soft="#173736",
    desk="#101214",
    hover="#343A42",
    accent_hover="#9BD0F0",
)


def to_qpalette(palette: Palette) -> QPalette:
    """The same colours as Qt's palette, for what Fusion draws itself."""
    made = QPalette(palette.color("window"))
    group = QPalette.ColorRole
    for role, name in {
        group.Window: "window",
        group.WindowText: "text",
        group.Base: "surface",
        group.AlternateBase: "raised",
        group.Text: "text",
        group.Button: "surface",
        group.ButtonText: "text",
        group.BrightText: "on_accent",
        group.ToolTipBase: "raised",
        group.ToolTipText: "text",
        group.PlaceholderText: "text2",
        group.Highlight: "accent",
        group.HighlightedText: "on_accent",
        group.Accent: "accent",
        group.Link: "accent",
        group.LinkVisited: "accent",
        group.Mid: "border",
        group.Dark: "control",
        group.Light: "raised",
    }.items():
        made.setColor(role, palette.color(name))
    for role in (group.WindowText, group.Text, group.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, palette.color("text2"))
    return made


def current_palette() -> Palette:
    """The colours that the application wears now: ours where we put them on, else made of the system's own.

    Painting code asks here each time, so it holds no colours and follows a change of scheme or high contrast. A
    widget's own QPalette would not do: Qt's style sheets change it.
    """
    system = QGuiApplication.palette()
    window = system.color(QPalette.ColorRole.Window).name().upper()
    for known in (LIGHT, DARK):
        if window == known.window:
            return known
    return _system_colours(system)


def _system_colours(system: QPalette) -> Palette:
    """High contrast and other schemes that are not ours: four colours of the system stand for all roles."""

    def named(role: QPalette.ColorRole) -> str:
        return system.color(role).name().upper()

    group = QPalette.ColorRole
    base, text = named(group.Base), named(group.Text)
    marked, on_marked = named(group.Highlight), named(group.HighlightedText)
    backgrounds = {"window", "surface", "raised", "desk", "hover"}
    own = {"accent": marked, "accent_hover": marked, "on_accent": on_marked}
    names = [field.name for field in fields(Palette)]
    return Palette(
        **{
            name: own.get(name, base if name in backgrounds or name.endswith("_soft") or name == "select" else text)
            for name in names
        }
    )


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two #RRGGBB colours, from 1 to 21.

    Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of a #RRGGBB colour, from 0 to 1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004 - WCAG's own constant.
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
