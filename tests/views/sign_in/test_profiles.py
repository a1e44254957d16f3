"""The dialog of profiles, on the real file: add, change, remove, and never lose what was typed without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from dombes_office.credentials import SavedProfiles
from dombes_office.rules.connections import PREFER, REQUIRE, VERIFY_FULL, Target
from dombes_office.views.sign_in.profile_dialog import ProfileDialog
from dombes_office.views.sign_in.profile_form import ENCRYPTIONS, Typed
from tests.views.accessibility import assert_accessible
from tests.views.sign_in.stage import BANEINS, DOMBES, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from dombes_office.views.messages import ConfirmDialog


@pytest.fixture
def saved(tmp_path: Path) -> SavedProfiles:
    shelf = SavedProfiles(tmp_path)
    shelf.save(DOMBES)
    shelf.save(BANEINS)
    return shelf


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot)
    yield made
    made.close()


class Opener:
    """Opens dialogs, and closes them whatever they ask."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.dialogs: list[ProfileDialog] = []

    def __call__(self, saved: SavedProfiles, chosen: str = "") -> ProfileDialog:
        dialog = ProfileDialog(saved, saved.read(), chosen)
        self.dialogs.append(dialog)
        with self._qtbot.waitExposed(dialog):
            dialog.open()
        return dialog


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opener]:
    opener = Opener(qtbot)
    yield opener
    for dialog in opener.dialogs:
        if dialog._question is not None:
            dialog._question.close()
        dialog._close_anyway()
        dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def write(dialog: ProfileDialog, field: str, words: str) -> None:
    """Type into a field as a person does."""
    line = getattr(dialog.form, field)
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, words)


def choose_encryption(dialog: ProfileDialog, encryption: str) -> None:
    at = list(ENCRYPTIONS).index(encryption)
    dialog.form.encryption.setCurrentIndex(at)
    dialog.form.encryption.activated.emit(at)


def question(dialog: ProfileDialog) -> ConfirmDialog:
    assert dialog._question is not None
    assert dialog._question.isVisible()
    return dialog._question


def said(asked: ConfirmDialog) -> str:
    return " ".join(label.text() for label in asked.findChildren(QLabel))


def test_a_profile_is_added_by_keyboard(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved)
    dialog.add.click()
    assert dialog.form.name.hasFocus()
    write(dialog, "name", "Commune de Chalamont")
    write(dialog, "host", "chalamont.example.org")
    write(dialog, "port", "5433")
    write(dialog, "database", "office")
    choose_encryption(dialog, REQUIRE)
    QTest.keyClick(dialog.form.host, Qt.Key.Key_Return)
    assert dialog.isHidden()
    assert dialog.chosen == "Commune de Chalamont"
    assert saved.find("Commune de Chalamont").target == Target("chalamont.example.org", "office", "", 5433, REQUIRE)


def test_a_profile_is_changed_and_its_password_forgotten(opened: Opener, qtbot: QtBot, saved: SavedProfiles) -> None:
    dialog = opened(saved, "Commune de Baneins")
    assert dialog.form.host.text() == "baneins.example.org"
    write(dialog, "host", "neuf.example.org")
    with qtbot.waitSignal(dialog.removed) as told:
        dialog.save.click()
    assert told.args == [BANEINS]
    assert saved.find("Commune de Baneins").target.host == "neuf.example.org"
    assert saved.find("Commune de Baneins").target.login == "l.morandat", "the login stays"


def test_a_profile_is_renamed(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved, "Commune de Baneins")
    write(dialog, "name", "Baneins")
    dialog.save.click()
    assert {profile.name for profile in saved.read()} == {"CC de la Dombes", "Baneins"}


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("name", " ", "Donnez un nom"),
        ("name", "commune de BANEINS", "porte déjà ce nom"),
        ("host", " ", "adresse du serveur"),
        ("host", "bdd example", "pas d’espace"),
        ("port", "0", "de 1 à 65535"),
        ("port", "70000", "de 1 à 65535"),
        ("port", "54a", "de 1 à 65535"),
        ("database", " ", "nom de la base"),
        ("certificate", "absent.crt", "n’existe pas"),
    ],
)
def test_what_is_wrong_is_told_under_its_field(
    opened: Opener, saved: SavedProfiles, field: str, words: str, sentence: str
) -> None:
    dialog = opened(saved, "CC de la Dombes")
    write(dialog, field, words)
    dialog.save.click()
    assert dialog.isVisible()
    assert sentence in dialog.form.errors[field].text()
    assert [key for key, line in dialog.form.errors.items() if line.text()] == [field]
    assert getattr(dialog.form, field).hasFocus()
    assert getattr(dialog.form, field).text() == words
    assert saved.find("CC de la Dombes") == DOMBES
    QTest.keyClick(getattr(dialog.form, field), Qt.Key.Key_Backspace)
    assert dialog.form.errors[field].text() == ""


def test_an_unencrypted_way_leads_no_farther_than_this_machine(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved, "CC de la Dombes")
    choose_encryption(dialog, PREFER)
    dialog.save.click()
    assert "chiffrée" in dialog.form.errors["encryption"].text()
    write(dialog, "host", "localhost")
    dialog.save.click()
    assert saved.find("CC de la Dombes").target.encryption == PREFER


def test_removing_asks_and_names_what_goes(opened: Opener, qtbot: QtBot, saved: SavedProfiles) -> None:
    dialog = opened(saved, "Commune de Baneins")
    dialog.remove.click()
    asked = question(dialog)
    assert "Commune de Baneins" in said(asked)
    assert asked.keep.isDefault(), "the safe answer is the one that Enter gives"
    asked.keep.click()
    assert len(saved.read()) == 2
    dialog.remove.click()
    with qtbot.waitSignal(dialog.removed) as told:
        question(dialog).act.click()
    assert told.args == [BANEINS]
    assert saved.read() == (DOMBES,)
    assert dialog.form.name.text() == "CC de la Dombes"


def test_going_from_one_to_another_keeps_what_is_typed(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved, "CC de la Dombes")
    write(dialog, "host", "neuf.example.org")
    assert dialog.list.item(0).text().endswith("•")
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.form.host.text() == "baneins.example.org"
    dialog.add.click()
    write(dialog, "name", "Autre")
    dialog.add.click()
    assert dialog.form.name.text() == "Autre", "the one that was begun, not another empty one"
    dialog.list.setCurrentRow(0)
    assert dialog.form.host.text() == "neuf.example.org"


def test_closing_asks_before_it_loses_anything(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved, "CC de la Dombes")
    write(dialog, "host", "neuf.example.org")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "CC de la Dombes" in said(question(dialog))
    question(dialog).keep.click()
    assert dialog.form.host.text() == "neuf.example.org"
    dialog.close_button.click()
    question(dialog).act.click()
    assert dialog.isHidden()
    assert saved.find("CC de la Dombes") == DOMBES


def test_closing_without_a_change_asks_nothing(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()


def test_a_list_that_cannot_be_written_is_told_and_nothing_is_lost(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved, "CC de la Dombes")
    write(dialog, "host", "neuf.example.org")
    saved.path.write_text("{", encoding="utf-8")
    dialog.save.click()
    assert "illisible" in dialog.notice.words
    assert dialog.form.host.text() == "neuf.example.org"
    dialog.remove.click()
    question(dialog).act.click()
    assert "illisible" in dialog.notice.words
    assert dialog.list.count() == 2


def test_the_certificate_is_pointed_at(opened: Opener, saved: SavedProfiles, tmp_path: Path) -> None:
    certificate = tmp_path / "autorité.crt"
    certificate.write_text("-", encoding="utf-8")
    dialog = opened(saved, "CC de la Dombes")
    dialog.form.browse.click()
    files = dialog.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    files.fileSelected.emit(str(certificate))
    files.reject()
    dialog.save.click()
    assert saved.find("CC de la Dombes").target.root_certificate == str(certificate)


def test_a_new_profile_begins_with_what_most_need() -> None:
    assert Typed.of(None) == Typed("", "", "5432", "dombes", VERIFY_FULL, "")


def test_every_control_has_a_name_and_is_reached_by_keyboard(opened: Opener, saved: SavedProfiles) -> None:
    dialog = opened(saved)
    assert_accessible(dialog)
    dialog.remove.click()
    assert_accessible(question(dialog))


def test_the_vault_forgets_what_was_removed(scene: Scene, qtbot: QtBot) -> None:
    scene.habits["kept"] = ["Commune de Baneins"]
    scene.safe.kept[BANEINS.target] = "secret"
    window = scene.open()
    window.edit_profiles()
    assert window._dialog is not None
    window._dialog.list.setCurrentRow(1)
    window._dialog.remove.click()
    question(window._dialog).act.click()
    qtbot.waitUntil(lambda: scene.safe.kept == {})
    window._dialog.close_button.click()
    qtbot.waitUntil(lambda: window._dialog is None)
    assert window.form.profiles.count() == 1
    assert scene.habits["kept"] == []


def test_what_was_typed_stays_behind_the_dialog(scene: Scene, qtbot: QtBot) -> None:
    window = scene.open()
    window.form.login.setText("remplacante")
    window.form.password.setText("secret")
    window.form.manage.click()
    assert window._dialog is not None
    window._dialog.close_button.click()
    qtbot.waitUntil(lambda: window._dialog is None)
    assert (window.form.login.text(), window.form.password.text()) == ("remplacante", "secret")
