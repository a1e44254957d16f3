"""Refusing from Examen: never without a reason, and what was typed comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QRadioButton

from dombes_office.rules.requests import DecisionKind
from tests.views.accessibility import assert_accessible
from tests.views.requests.examination_desk import ENTER, Bench, in_dialog, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog


@pytest.mark.parametrize("way", ["button", "alt"])
def test_refusing_without_a_reason_is_impossible(bench: Bench, way: str) -> None:
    bench.show(1)

    def try_all(dialog: RefusalDialog) -> None:
        bench.press(ENTER, Qt.KeyboardModifier.ControlModifier)
        dialog.accept()
        assert dialog.isVisible()
        other = next(b for b in dialog.findChildren(QRadioButton) if b.property("code") == "other")
        other.click()
        part(dialog, QPlainTextEdit).setPlainText("  \n ")
        dialog.accept()
        assert dialog.isVisible()
        bench.press(Qt.Key.Key_Escape)

    seen = in_dialog(try_all)
    if way == "button":
        bench.page.bench.decision.buttons[DecisionKind.REFUSE].click()
    else:
        bench.alt(Qt.Key.Key_R)
    bench.qtbot.waitUntil(lambda: bool(seen) and not bench.dialogs())
    bench.settle()
    assert len(seen) == 1
    assert bench.office.decided == []
    assert bench.number == "2026-0001"


def test_refusing_with_a_reason_by_keyboard_and_the_words_come_back(bench: Bench) -> None:
    bench.show(1, 2)

    def write(dialog: RefusalDialog) -> None:
        bench.press(Qt.Key.Key_Space)
        part(dialog, QPlainTextEdit).setFocus()
        bench.press("Manon a douze ans.")

    in_dialog(write)
    bench.alt(Qt.Key.Key_R)
    bench.come_back()
    assert bench.office.decided == []

    def send(dialog: RefusalDialog) -> None:
        assert dialog.typed == "Manon a douze ans."
        assert_accessible(dialog)
        part(dialog, QPlainTextEdit).setFocus()
        bench.ctrl(ENTER)

    in_dialog(send)
    bench.alt(Qt.Key.Key_R)
    bench.qtbot.waitUntil(lambda: bool(bench.office.decided))
    bench.settle()
    _, draft, letter = bench.office.decided[0]
    assert (draft.kind, draft.reason_code, draft.words) == (
        DecisionKind.REFUSE,
        "age_out_of_range",
        "Manon a douze ans.",
    )
    assert "Manon a douze ans." in letter.body
    assert bench.number == "2026-0002"


def _chosen(bench: Bench, press: Callable[[RefusalDialog], object]) -> str | None:
    """The reason that is chosen after some keys in the dialog; its cursor stands on it."""
    codes: list[str | None] = []

    def look(dialog: RefusalDialog) -> None:
        press(dialog)
        codes.append(dialog.code)
        focus = QApplication.focusWidget()
        assert isinstance(focus, QRadioButton)
        assert focus.property("code") == dialog.code or dialog.code is None

    in_dialog(look)
    bench.alt(Qt.Key.Key_R)
    bench.come_back()
    return codes[0]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ((), None),
        ((Qt.Key.Key_Space,), "age_out_of_range"),
        ((Qt.Key.Key_Down,), "outside_area"),
        ((Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up), "outside_area"),
        ((Qt.Key.Key_Up,), "other"),
        ((Qt.Key.Key_Up, Qt.Key.Key_Down), "age_out_of_range"),
        (("d",), "incomplete_file"),
        (("S",), "service_full"),
    ],
)
def test_arrows_and_letters_choose_a_reason(bench: Bench, keys: tuple[Qt.Key | str, ...], code: str | None) -> None:
    bench.show(1)

    def press(_dialog: RefusalDialog) -> None:
        for key in keys:
            bench.press(key)

    assert _chosen(bench, press) == code


def test_alt_and_the_underlined_letter_choose_a_reason_from_the_words(bench: Bench) -> None:
    bench.show(1)

    def press(dialog: RefusalDialog) -> None:
        field = part(dialog, QPlainTextEdit)
        bench.press("p", Qt.KeyboardModifier.AltModifier)
        assert field.hasFocus()
        bench.press("ds")
        assert field.toPlainText() == "ds"
        assert dialog.code is None
        bench.press("a", Qt.KeyboardModifier.AltModifier)
        bench.qtbot.waitUntil(lambda: dialog.code is not None)

    assert _chosen(bench, press) == "other"


def test_each_control_of_the_question_has_a_letter_of_its_own(bench: Bench) -> None:
    bench.show(1)
    letters: list[str] = []

    def look(dialog: RefusalDialog) -> None:
        texts = [b.text() for b in dialog.findChildren(QAbstractButton)]
        texts += [label.text() for label in dialog.findChildren(QLabel)]
        letters.extend(text[text.index("&") + 1].lower() for text in texts if "&" in text)

    in_dialog(look)
    bench.alt(Qt.Key.Key_R)
    bench.come_back()
    assert len(letters) == 9
    assert len(set(letters)) == len(letters)


def test_control_enter_never_refuses(bench: Bench) -> None:
    bench.show(1)
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.office.decided == []
