"""Nobody at the desk: the window covers itself, and only the right password brings back what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from dombes_office.errors import WrongPassword
from tests.stories.clerk import ENTER, part
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.conftest import SitDown

IDLE = 2.0
PASSWORD = "Étang-01"
WRONG = "L’identifiant ou le mot de passe est faux."


def unlock(password: str) -> None:
    """A server that knows one password."""
    if password != PASSWORD:
        raise WrongPassword(WRONG)


def test_the_window_locks_and_gives_back_what_was_typed(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down(unlock=unlock, lock_seconds=IDLE)
    lea.see_queue(1)
    lea.open_selected()
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Document mal rempli")
    lea.add_words("Le cadre 5 est")
    lea.press(Qt.Key.Key_N)
    lea.ask_to_refuse()
    lea.choose_refusal("Le dossier reste incomplet")
    lea.press(Qt.Key.Key_Tab)
    lea.type("Deuxième rappel.")
    bench = lea.examination.bench

    lea.until(lambda: lea.window.locked)
    assert not bench.isVisible()
    assert lea.dialogs() == []
    assert lea.window.windowTitle() == "Dombes Office"
    lea.turn_to()
    lea.press(Qt.Key.Key_Escape)
    lea.ctrl(ENTER)
    assert lea.window.locked

    lea.type("Etang-01")
    lea.press(ENTER)
    lea.until(lambda: WRONG in lea.complaint)
    assert lea.window.locked
    assert not bench.isVisible()
    lea.type(PASSWORD)
    lea.press(ENTER)
    lea.until(lambda: not lea.window.locked)
    lea.until(bench.isVisible)
    assert part(bench.verdict_bar, QLineEdit).text() == "Le cadre 5 est"
    assert part(lea.dialogs()[0], QPlainTextEdit).toPlainText() == "Deuxième rappel."
    assert town.one("select count(*) from office.decision") == 0
    lea.ctrl(ENTER)
    lea.back_from_popup()
    lea.see_queue(0)
    assert town.one("select words from office.decision") == "Deuxième rappel."


def test_she_goes_on_typing_where_she_was(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down(unlock=unlock)
    lea.see_queue(1)
    lea.open_selected()
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Autre motif (à écrire)")
    lea.type("Le cadre 5 ")
    lea.ctrl(Qt.Key.Key_L)
    lea.until(lambda: lea.window.locked)
    lea.type(PASSWORD)
    lea.press(ENTER)
    lea.until(lambda: not lea.window.locked)
    lea.type("est resté vide.")
    assert lea.verdicts()["health_form"] == "non_compliant other Le cadre 5 est resté vide."


def test_keys_keep_the_window_open(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down(unlock=unlock, lock_seconds=IDLE)
    lea.see_queue(1)
    for _ in range(12):
        lea.press(Qt.Key.Key_Down)
        lea.qtbot.wait(250)
        assert not lea.window.locked
    lea.until(lambda: lea.window.locked)
