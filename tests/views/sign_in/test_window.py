"""The sign-in window: each reason to stay outside has its sentence in its place, and nothing that was typed is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from dombes_office.errors import (
    AgentUnknown,
    DatabaseMissing,
    EncryptionRefused,
    KeyringUnavailable,
    OfficeError,
    Outage,
    RoleTooPowerful,
    SchemaTooNew,
    SchemaTooOld,
    ServerBusy,
    ServerTooOld,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from dombes_office.rules.connections import PREFER, Profile, Target
from dombes_office.views.sign_in import window as sign_in
from dombes_office.views.sign_in.parts import CapsLockWatch, system_caps_lock
from tests.views.accessibility import assert_accessible
from tests.views.sign_in.stage import DOMBES, PASSWORD, Scene, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot)
    yield made
    made.close()


def lanes() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("lane-sign-in")]


def test_a_morning_by_keyboard_alone(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    assert window.form.reach.text == "Serveur joignable, base à jour"
    assert window.form.login.text() == "lea.morandat"
    qtbot.waitUntil(window.form.password.hasFocus)
    QTest.keyClicks(window.form.password, PASSWORD)
    with qtbot.waitSignal(window.signed_in) as told:
        QTest.keyClick(window.form.password, Qt.Key.Key_Return)
        assert not window.form.submit.isEnabled()
        assert window.form.submit.text() == "Connexion…"
    assert told.args == [scene.door.answer]
    assert scene.door.knocks == [("CC de la Dombes", "lea.morandat", PASSWORD)]
    assert scene.safe.asked == 0, "the vault is nobody's business unless the box is ticked"
    assert window.form.password.text() == ""
    assert scene.door.thrown_away == []


def test_a_window_that_is_closed_at_once_asks_nobody(scene: Scene, qtbot: QtBot) -> None:
    window = scene.make()
    window.show()
    window.close()
    qtbot.wait(50)
    assert scene.door.checks == []
    assert lanes() == []


def test_another_login_and_another_base_by_keyboard(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.profiles.setFocus()
    QTest.keyClick(window.form.profiles, Qt.Key.Key_Down)
    assert window.form.login.text() == "l.morandat", "the login follows the base while nobody typed another"
    QTest.keyClick(window.form.profiles, Qt.Key.Key_Tab)
    window.form.login.setFocus()
    window.form.login.selectAll()
    QTest.keyClicks(window.form.login, "remplacante")
    window.form.profiles.setCurrentIndex(0)
    window.form.profiles.textActivated.emit("CC de la Dombes")
    assert window.form.login.text() == "remplacante", "what was typed stays"
    QTest.keyClicks(window.form.password, PASSWORD)
    with qtbot.waitSignal(window.signed_in):
        QTest.keyClick(window.form.password, Qt.Key.Key_Return)
    assert scene.door.knocks == [("CC de la Dombes", "remplacante", PASSWORD)]
    assert scene.shelf.kept["CC de la Dombes"].target.login == "remplacante"
    window.close()
    scene.habits["profile"] = "Commune de Baneins"
    assert scene.open().form.profiles.currentText() == "Commune de Baneins"


def test_the_button_answers_to_the_enter_key(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.password.setText(PASSWORD)
    window.form.submit.setFocus()
    with qtbot.waitSignal(window.signed_in):
        QTest.keyClick(window.form.submit, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    "error", [AgentUnknown("Personne.", "Demandez."), RoleTooPowerful("Trop de droits.", "Autrement.")]
)
def test_who_is_not_an_agent_reads_it_under_the_login(scene: Scene, error: OfficeError) -> None:
    window = scene.open()
    scene.refused(window, error)
    assert window.form.login_error.text() == str(error)
    assert window.form.login.hasFocus()
    assert window.form.notice.words == ""
    assert window.form.password.text() == PASSWORD


def test_a_wrong_password_is_told_under_it_and_selected(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    error = WrongPassword("L’identifiant ou le mot de passe est faux.", "Saisissez-les à nouveau.")
    scene.refused(window, error)
    assert window.form.password_error.text() == str(error)
    assert window.form.password.selectedText()
    assert window.form.password.accessibleDescription() == str(error)
    assert window.form.login.text() == "lea.morandat"
    qtbot.waitUntil(window.form.password.hasFocus)
    QTest.keyClicks(window.form.password, "n")
    assert window.form.password_error.isHidden()


@pytest.mark.parametrize(
    "kind",
    [
        UnknownHost,
        ServerUnreachable,
        DatabaseMissing,
        EncryptionRefused,
        ServerBusy,
        ServerTooOld,
        SchemaTooOld,
        SchemaTooNew,
    ],
)
def test_what_no_field_is_to_blame_for_stands_at_the_top(scene: Scene, kind: type[OfficeError]) -> None:
    window = scene.open()
    scene.refused(window, kind("Voici pourquoi.", "Voici que faire."))
    assert window.form.notice.words == "Voici pourquoi. Voici que faire."
    assert window.form.notice.property("kind") == ("outage" if issubclass(kind, Outage) else "refusal")
    assert (window.form.login.text(), window.form.password.text()) == ("lea.morandat", PASSWORD)
    assert window.form.submit.text() == "Se &connecter"
    scene.door.refusal = None
    with scene.qtbot.waitSignal(window.signed_in):
        window.form.submit.click()


def test_a_bug_is_reported_and_the_window_lives_on(scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window, told = scene.open(), list[BaseException]()
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: told.append(error))
    scene.refused(window, ZeroDivisionError())
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], ZeroDivisionError)
    assert window.form.login.isEnabled(), "she can go on"
    scene.door.refusal = None
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()


@pytest.mark.parametrize(("login", "password"), [("", PASSWORD), ("lea", "")])
def test_nothing_is_asked_of_the_server_while_something_is_missing(scene: Scene, login: str, password: str) -> None:
    window = scene.open()
    window.form.login.setText(login)
    window.form.password.setText(password)
    window.form.submit.click()
    line = window.form.password_error if login else window.form.login_error
    assert line.text().startswith("Saisissez votre")
    assert scene.door.knocks == []


def test_a_server_in_a_folder_of_this_machine_needs_no_password(scene: Scene, qtbot: QtBot) -> None:
    scene.shelf = Shelf(Profile("Mairie", Target("/srv/dombes", "office", "lea", encryption=PREFER)))
    window = scene.open()
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()
    assert scene.door.knocks == [("Mairie", "lea", "")]


def test_a_server_that_does_not_answer_is_asked_again(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "LOOK_AGAIN", 30)
    scene.door.state = ServerUnreachable("Aucun serveur ne répond.", "Vérifiez le réseau.")
    window = scene.open()
    assert window.form.reach.text == "Aucun serveur ne répond."
    assert "Vérifiez le réseau." in window.form.reach.toolTip()
    scene.door.state = "Serveur joignable"
    qtbot.waitUntil(lambda: window.form.reach.text == "Serveur joignable")
    assert len(scene.door.checks) >= 2


def test_the_vault_gives_the_password_without_showing_it(scene: Scene, qtbot: QtBot) -> None:
    scene.habits["kept"] = ["CC de la Dombes"]
    scene.safe.kept[DOMBES.target] = PASSWORD
    window = scene.open()
    assert window.form.remember.isChecked()
    assert window.form.password.text() == "", "an eye could show it"
    assert window.form.password.placeholderText().startswith("Mot de passe retenu")
    assert scene.door.checks == [(DOMBES.target, PASSWORD)]
    window.form.login.setText("autre")
    window.form.login.textEdited.emit("autre")
    assert window.form.password.placeholderText() == "", "it was kept for another login"
    window.form.login.setText("lea.morandat")
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()
    assert scene.door.knocks == [("CC de la Dombes", "lea.morandat", PASSWORD)]
    assert scene.safe.kept == {DOMBES.target: PASSWORD}


def test_a_kept_password_that_became_wrong_is_typed_anew(scene: Scene, qtbot: QtBot) -> None:
    scene.habits["kept"] = ["CC de la Dombes"]
    scene.safe.kept[DOMBES.target] = "ancien"
    window = scene.open()
    scene.door.refusal = WrongPassword("Faux.")
    window.form.submit.click()
    qtbot.waitUntil(lambda: window.form.password_error.text() == "Faux.")
    assert window.form.password.placeholderText() == ""
    scene.door.refusal = None
    window.form.password.setText(PASSWORD)
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()
    assert scene.safe.kept == {DOMBES.target: PASSWORD}


def test_the_password_is_kept_on_demand_only_after_it_was_right(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.remember.click()
    scene.refused(window, WrongPassword("Faux."))
    assert scene.safe.kept == {}
    scene.door.refusal = None
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()
    assert scene.safe.kept == {DOMBES.target: PASSWORD}
    assert scene.habits["kept"] == ["CC de la Dombes"]


def test_without_the_tick_the_vault_forgets(scene: Scene, qtbot: QtBot) -> None:
    scene.habits["kept"] = ["CC de la Dombes"]
    scene.safe.kept[DOMBES.target] = PASSWORD
    window = scene.open()
    window.form.remember.click()
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()
    assert scene.safe.kept == {}
    assert scene.habits["kept"] == []


LOCKED = KeyringUnavailable("Le coffre-fort de ce poste est verrouillé.", "Déverrouillez-le.")
MISSING = KeyringUnavailable("Ce poste n’a pas de coffre-fort pour les mots de passe.", "Saisissez-le.")


@pytest.mark.parametrize("error", [LOCKED, MISSING])
def test_a_locked_or_missing_vault_is_told_at_start_and_she_types(
    scene: Scene, qtbot: QtBot, error: OfficeError
) -> None:
    scene.habits["kept"] = ["CC de la Dombes"]
    scene.safe.locked = error
    window = scene.open()
    assert window.form.vault_line.text == str(error)
    assert not window.form.remember.isChecked()
    assert window.form.reach.text == "Serveur joignable, base à jour"
    window.form.password.setText(PASSWORD)
    scene.safe.locked = None
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()


def test_a_missing_vault_is_told_as_soon_as_the_box_is_ticked(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    scene.safe.locked = MISSING
    window.form.remember.click()
    qtbot.waitUntil(lambda: window.form.vault_line.text == str(MISSING))
    assert not window.form.remember.isChecked()
    assert not window.form.vault_line.isHidden()


def test_she_reads_that_nothing_was_kept_before_the_window_goes(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.remember.click()
    qtbot.waitUntil(lambda: scene.safe.asked == 1)
    scene.safe.locked = LOCKED
    window.form.password.setText(PASSWORD)
    window.form.submit.click()
    qtbot.waitUntil(lambda: window.form.submit.text() == "&Continuer")
    assert window.form.vault_line.text == str(LOCKED)
    with qtbot.waitSignal(window.signed_in) as told:
        QTest.keyClick(window, Qt.Key.Key_Return)
    assert told.args == [scene.door.answer]
    assert scene.habits["kept"] == []
    assert len(scene.door.knocks) == 1


def test_closing_while_connecting_leaves_nothing_behind(scene: Scene, qtbot: QtBot) -> None:
    window, heard = scene.open(), list[object]()
    window.signed_in.connect(heard.append)
    scene.door.gate.clear()
    window.form.password.setText(PASSWORD)
    window.form.submit.click()
    qtbot.waitUntil(lambda: bool(scene.door.knocks))
    assert window.close()
    assert window.isHidden(), "closing waits for nobody"
    scene.door.gate.set()
    qtbot.waitUntil(lambda: scene.door.thrown_away == [scene.door.answer])
    qtbot.waitUntil(lambda: lanes() == [])
    assert heard == []


def test_closing_instead_of_continuing_closes_the_door_too(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.remember.click()
    qtbot.waitUntil(lambda: scene.safe.asked == 1)
    scene.safe.locked = LOCKED
    window.form.password.setText(PASSWORD)
    window.form.submit.click()
    qtbot.waitUntil(lambda: window.form.submit.text() == "&Continuer")
    window.close()
    assert scene.door.thrown_away == [scene.door.answer]


def test_a_slow_server_can_be_given_up(scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_PATIENCE", 20)
    window = scene.open()
    scene.door.gate.clear()
    window.form.password.setText(PASSWORD)
    window.form.submit.click()
    assert not window.form.password.isEnabled()
    qtbot.waitUntil(window.form.cancel.isVisible)
    qtbot.waitUntil(lambda: bool(scene.door.knocks))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.form.submit.isEnabled()
    assert window.form.password.text() == PASSWORD
    assert window.form.cancel.isHidden()
    second = scene.door.answer = object()
    with qtbot.waitSignal(window.signed_in) as told:
        window.form.submit.click()
        scene.door.gate.set()
    assert told.args == [second]
    qtbot.waitUntil(lambda: len(scene.door.thrown_away) == 1)


def press(watch: CapsLockWatch, text: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    key = ord(text.upper()) if text.isascii() else 0
    watch.eventFilter(watch, QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))


def test_caps_lock_is_read_from_the_letters(scene: Scene) -> None:
    form = scene.open().form
    watch, seen = form.caps_lock_watch, list[bool]()
    watch._ask = lambda: None
    watch.changed.connect(seen.append)
    for text, modifiers in [("e", 0), ("E", 0), ("1", 0), ("e", SHIFT), ("E", SHIFT), ("É", 0), (".", 0)]:
        press(watch, text, SHIFT if modifiers else Qt.KeyboardModifier.NoModifier)
    assert seen == [False, True, True, True, False, True, True]
    assert not form.caps_lock.isHidden()
    watch.eventFilter(watch, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_CapsLock, Qt.KeyboardModifier.NoModifier))
    assert form.caps_lock.isHidden()


def test_caps_lock_is_asked_of_a_system_that_knows(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    watch, system = window.form.caps_lock_watch, [True]
    watch._ask = lambda: system[0]
    window.form.login.setFocus()
    window.form.password.setFocus()
    qtbot.waitUntil(window.form.caps_lock.isVisible)
    height = window.height()
    press(watch, "e")
    assert window.form.caps_lock.isVisible(), "the system knows better than the letter"
    system[0] = False
    press(watch, "E")
    assert window.form.caps_lock.isHidden()
    qtbot.wait(1)
    assert window.height() == height, "the warning moves nothing"
    assert (system_caps_lock() is None) == (sys.platform != "win32")


def test_the_eye_shows_and_hides(scene: Scene) -> None:
    field = scene.open().form.password
    field.setText(PASSWORD)
    field.eye.setFocus()
    QTest.keyClick(field.eye, Qt.Key.Key_Space)
    assert field.displayText() == PASSWORD
    assert field.eye.accessibleName() == "Masquer le mot de passe"
    QTest.keyClick(field.eye, Qt.Key.Key_Space)
    assert PASSWORD not in field.displayText()


def test_every_control_has_a_name_and_is_reached_by_keyboard(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    assert_accessible(window)
    scene.refused(window, UnknownHost("Aucune machine.", "Vérifiez."))
    assert_accessible(window)
    assert QAccessible.queryAccessibleInterface(window.form.notice).text(QAccessible.Text.Name)
    labels = [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button.text() for button in (window.form.remember, window.form.submit, window.form.manage)]
    shown = " ".join([*labels, *buttons]).lower()
    assert [letter for letter in "bimrgc" if shown.count(f"&{letter}") != 1] == []
    qtbot.waitUntil(lambda: not window._looking.under_way)


def test_with_no_profile_one_sentence_says_how_to_begin(scene: Scene, qtbot: QtBot) -> None:
    scene.shelf = Shelf()
    window = scene.open()
    assert window.form.first_steps.isVisible()
    assert not window.form.login.isVisible()
    assert "&Ajouter" in window.form.submit.text()
    assert_accessible(window)
    qtbot.waitUntil(window.form.submit.hasFocus)
    QTest.keyClick(window.form.submit, Qt.Key.Key_Return)
    dialog = window._dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.form.name.setText("Mairie")
    dialog.form.host.setText("mairie.example.org")
    dialog.form.edited.emit()
    dialog.save.click()
    qtbot.waitUntil(lambda: window._dialog is None)
    assert window.form.profiles.currentText() == "Mairie"
    assert window.form.login.isVisible()
    assert scene.door.knocks == []


def test_an_unreadable_list_is_told(scene: Scene) -> None:
    scene.shelf.broken = Outage("La liste est illisible.", "Réparez-la.")
    assert scene.open().form.notice.words == "La liste est illisible. Réparez-la."


def test_a_login_that_cannot_be_saved_does_not_stop_her(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    scene.shelf.broken = Outage("Disque plein.")
    window.form.login.setText("remplacante")
    window.form.password.setText(PASSWORD)
    with qtbot.waitSignal(window.signed_in):
        window.form.submit.click()


HEAVY = ("qtawesome", "qtpy", "sqlalchemy", "psycopg", "schwifty", "reportlab", "keyring", "lxml", "openpyxl", "PIL")


def test_the_window_is_shown_without_a_heavy_library() -> None:
    program = f"""
import sys
from PySide6.QtWidgets import QApplication
from dombes_office.rules.connections import Profile, Target
from dombes_office.views.sign_in.window import SignInWindow
from dombes_office.views.style import apply_style
app = QApplication([])
apply_style(app)
class Shelf:
    def read(self):
        return (Profile("A", Target("a.example.org", "d", "lea")),)
window = SignInWindow(Shelf(), lambda *_: "joignable", None, "1", passwords=None, habits={{}})
window.show()
while window.form.reach.text != "joignable":
    app.processEvents()
window.grab()
window.close()
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout == "[]\n"
