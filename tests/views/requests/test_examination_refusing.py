"""Refusing from Examen: never without a reason, and what was typed comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QRadioButton

from dombes_office.rules.requests import DecisionKind
from tests.views.accessibility import assert_accessible
from tests.views.requests.examination_desk import ENTER, Bench, in_dialog, part

if TYPE_CHECKING:
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


def test_control_enter_never_refuses(bench: Bench) -> None:
    bench.show(1)
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.office.decided == []
