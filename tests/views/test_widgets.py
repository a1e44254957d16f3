"""The small parts: what they say, when they speak, and that each can be reached and named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from dombes_office.errors import ChangedMeanwhile, NotFound, OfficeError, ServerUnreachable
from dombes_office.views.icons import application_icon, icon, shipped_icon
from dombes_office.views.page import Shortcut, UndoOffer
from dombes_office.views.palette import DARK, LIGHT, current_palette
from dombes_office.views.style import Look, apply_style, set_kind
from dombes_office.views.widgets.detail_panel import DetailPanel
from dombes_office.views.widgets.empty_state import EmptyState
from dombes_office.views.widgets.emptying import empty
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.filter_line import Choice, FilterLine
from dombes_office.views.widgets.focus_ring import FocusRing
from dombes_office.views.widgets.header import PageHeader
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.loading_line import LoadingLine
from dombes_office.views.widgets.marks import STATE_ICONS, Mark, State, StateMark
from dombes_office.views.widgets.message_band import MessageBand
from dombes_office.views.widgets.shortcut_list import ShortcutList
from dombes_office.views.widgets.tab_strip import TabStrip
from dombes_office.views.widgets.undo_bar import UndoBar
from tests.views.accessibility import assert_accessible, spoken_name

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())}


def test_icons_follow_the_scheme_and_differ_in_shape(qapp: QApplication) -> None:
    made = icon("check-circle", "good")
    assert LIGHT.good in colours(made.pixmap(32, 32).toImage())
    apply_style(qapp, Qt.ColorScheme.Dark)
    assert current_palette() == DARK
    assert DARK.good in colours(made.pixmap(32, 32).toImage())
    apply_style(qapp, Qt.ColorScheme.Light)
    alpha = QImage.Format.Format_Alpha8
    shapes = {bytes(icon(n).pixmap(32, 32).toImage().convertToFormat(alpha).constBits()) for n in STATE_ICONS.values()}
    assert len(shapes) == len(State)


def test_an_unknown_icon_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        icon("list-checks")


@pytest.mark.parametrize(
    "name", ["check-circle", "warning-fill", "x-circle-fill", "cloud-slash", "eye", "eye-slash", "hourglass", "lock"]
)
def test_the_shipped_drawings_can_be_drawn(name: str) -> None:
    assert LIGHT.accent in colours(shipped_icon(name, "accent").pixmap(64, 64).toImage())


def test_the_application_has_its_drop() -> None:
    assert QColor("#0F5E8C").name().upper() in colours(application_icon().pixmap(64, 64).toImage())


def test_one_look_for_one_application(qapp: QApplication) -> None:
    assert apply_style(qapp, Qt.ColorScheme.Light) is apply_style(qapp, Qt.ColorScheme.Light)
    assert len(qapp.findChildren(Look)) == 1
    assert QApplication.font().pointSizeF() == pytest.approx(9.75)


def test_the_system_scheme_is_followed_unless_one_was_chosen(qapp: QApplication) -> None:
    look = apply_style(qapp, Qt.ColorScheme.Unknown)
    look.follow(Qt.ColorScheme.Dark)
    assert current_palette() == DARK
    look.want(Qt.ColorScheme.Light)
    look.follow(Qt.ColorScheme.Dark)
    assert current_palette() == LIGHT


def test_a_refusal_can_be_put_away_and_an_outage_can_be_tried_again(qtbot: QtBot) -> None:
    band = MessageBand()
    qtbot.addWidget(band)
    assert band.words == ""
    band.show_error(NotFound("Cette demande n’existe pas.", "Revenez à la liste."))
    assert band.words == "Cette demande n’existe pas. Revenez à la liste."
    assert not [b for b in band.findChildren(ActionButton) if b.text() == "Réessayer" and b.isVisibleTo(band)]
    assert_accessible(band)
    band.clear()
    assert band.isHidden()
    band.show_error(ServerUnreachable("Serveur injoignable."))
    retry = next(b for b in band.findChildren(ActionButton) if b.text() == "Réessayer")
    assert retry.isVisibleTo(band)
    with qtbot.waitSignal(band.retry):
        retry.click()


def test_the_band_shows_what_changed_and_reads_no_markup(qtbot: QtBot) -> None:
    band = MessageBand()
    qtbot.addWidget(band)
    error: OfficeError = ChangedMeanwhile("Changée.", differences=("IBAN : <b>autre</b>", "Mandat remplacé"))
    band.show_error(error)
    assert "• IBAN : <b>autre</b>\n• Mandat remplacé" in band.words
    assert "Mandat remplacé" in band.accessibleDescription()


def test_tabs_carry_counts_and_tell_their_key(qtbot: QtBot) -> None:
    strip = TabStrip("État")
    qtbot.addWidget(strip)
    for key, words in (("pending", "À examiner"), ("validated", "Validées"), ("all", "Toutes")):
        strip.add(key, words)
    strip.set_count("pending", "38")
    strip.resize(600, 36)
    strip.show()
    strip.activateWindow()
    qtbot.waitUntil(strip.isActiveWindow)
    assert strip.bar.accessibleTabName(0) == "À examiner, 38"
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.keyClick(strip, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert chosen.args == ["validated"]
    strip.choose("all")
    assert strip.key == "all"
    assert_accessible(strip)


def filters(qtbot: QtBot) -> FilterLine:
    line = FilterLine("Nom, n°…", name="Nom ou numéro")
    qtbot.addWidget(line)
    line.add_filter("authority", "Collectivité", "Toutes").set_choices([Choice("1", "Baneins"), Choice("2", "CC")])
    line.add_filter("age", "Ancienneté", "Toutes", many=False).set_choices([Choice("5", "5 jours ou plus")])
    line.resize(900, 45)
    line.show()
    return line


def tick(line: FilterLine, key: str, words: str) -> None:
    button = line.button(key)
    next(action for action in button.menu().actions() if action.text() == words).trigger()


def test_filters_say_in_words_what_they_let_through(qtbot: QtBot) -> None:
    line = filters(qtbot)
    authority, age = line.button("authority"), line.button("age")
    assert authority.value_words == "Toutes"
    assert not line.is_active
    with qtbot.waitSignal(line.changed):
        tick(line, "authority", "Baneins")
    assert (authority.value_words, line.values("authority")) == ("Baneins", ("1",))
    assert authority.accessibleName() == "Collectivité\u00a0: Baneins"
    authority.set_choices([Choice("1", "Baneins"), Choice("2", "CC"), Choice("3", "Villars"), Choice("4", "Joyeux")])
    tick(line, "authority", "Villars")
    assert authority.value_words == "2 sur 4"
    tick(line, "age", "5 jours ou plus")
    assert age.value_words == "5 jours ou plus"
    assert_accessible(line)
    with qtbot.waitSignal(line.changed):
        line.clear()
    assert (line.values("authority"), line.values("age"), age.value_words) == ((), (), "Toutes")


def test_typed_words_are_told_after_a_pause_and_not_remembered(qtbot: QtBot) -> None:
    line = filters(qtbot)
    told: list[str] = []
    line.changed.connect(lambda: told.append(line.words))
    with qtbot.waitSignal(line.changed):
        QTest.keyClicks(line.field, "berth")
    assert told == ["berth"]
    tick(line, "authority", "CC")
    state = line.state()
    assert state == {"authority": ("2",), "age": ()}
    other = filters(qtbot)
    other.restore(state)
    assert other.values("authority") == ("2",)
    assert other.words == ""


def test_the_filter_field_answers_ctrl_f_and_escape(qtbot: QtBot) -> None:
    line = filters(qtbot)
    line.activateWindow()
    QTest.keyClick(line, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(line.field.hasFocus)
    QTest.keyClicks(line.field, "x")
    QTest.keyClick(line.field, Qt.Key.Key_Escape)
    assert line.words == ""


def test_the_panel_shows_pairs_lines_and_marks_and_forgets_them(qtbot: QtBot) -> None:
    panel = DetailPanel("Demande choisie")
    qtbot.addWidget(panel)
    panel.set_title("BERTHOLLET Manon", "N° 2026-1187", Mark(State.FAILURE, "1 échec"))
    section = panel.add_section("Demande", "4 sur 4")
    value = section.add_pair("Service", "<i>Cantine</i>")
    section.add_line("Fiche santé", icon_name="file-pdf", right="PDF, 2 pages")
    section.add_mark(Mark(State.GOOD, "IBAN valide"))
    panel.resize(284, 500)
    panel.show()
    assert value.textFormat() is Qt.TextFormat.PlainText
    assert value.accessibleName() == "Service\u00a0: <i>Cantine</i>"
    assert [mark.accessibleName() for mark in panel.findChildren(StateMark)] == ["1 échec", "IBAN valide"]
    panel.clear()
    assert not section.isVisible()


def test_the_undo_bar_counts_down_and_takes_back_once(qtbot: QtBot) -> None:
    bar, taken = UndoBar(), list[str]()
    qtbot.addWidget(bar)
    bar.offer(UndoOffer("Première.", 8, lambda: taken.append("first")))
    bar.offer(UndoOffer("Complément demandé.", 8, lambda: taken.append("second")))
    button = bar.findChild(ActionButton)
    assert isinstance(button, ActionButton)
    assert button.text() == "Annuler (8\u00a0s)"
    qtbot.waitUntil(lambda: button.text() == "Annuler (7\u00a0s)", timeout=2000)
    bar.activateWindow()
    QTest.keyClick(bar, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: taken == ["second"])
    assert bar.isHidden()
    assert bar.sentence == ""
    bar.offer(UndoOffer("Courte.", 1, lambda: taken.append("late")))
    qtbot.waitUntil(bar.isHidden, timeout=2000)
    assert taken == ["second"]


def test_the_undo_bar_waits_when_it_must(qtbot: QtBot) -> None:
    bar, taken = UndoBar(), list[str]()
    qtbot.addWidget(bar)
    offer = UndoOffer("Demande validée.", 2.2, lambda: taken.append("undone"))
    bar.offer(replace(offer, usable=False))
    button = bar.findChild(ActionButton)
    assert isinstance(button, ActionButton)
    bar.activateWindow()
    QTest.keyClick(bar, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bar.sentence == "Demande validée."
    assert button.text() == "Annuler (3\u00a0s)"
    qtbot.waitUntil(lambda: button.text() == "Annuler (2\u00a0s)", timeout=1000)
    bar.offer(offer)
    button.click()
    assert taken == ["undone"]
    bar.offer(offer)
    bar.offer(replace(offer, seconds=0.0))
    assert bar.isHidden()


def test_the_loading_line_waits_before_it_shows(qtbot: QtBot) -> None:
    line = LoadingLine()
    qtbot.addWidget(line)
    line.start()
    assert not line.line_shown
    qtbot.waitUntil(lambda: line.line_shown, timeout=1000)
    assert line.words.isHidden()
    qtbot.waitUntil(lambda: not line.words.isHidden(), timeout=2000)
    line.stop()
    assert not line.line_shown
    line.start()
    line.stop()
    qtbot.wait(250)
    assert not line.line_shown
    line.words.deleteLater()


def test_the_header_has_one_primary_button(qtbot: QtBot) -> None:
    header = PageHeader("Demandes", "38 à examiner")
    qtbot.addWidget(header)
    header.add_quiet("Exporter", icon_name="download-simple")
    primary = header.add_primary("&Examiner", keys="Entrée")
    header.show()
    assert primary.accessibleName() == "Examiner"
    assert primary.height() == 30
    assert_accessible(header)
    plain = ActionButton("&Examiner", kind="primary")
    assert primary.sizeHint().width() > plain.sizeHint().width()


def test_a_button_keeps_its_shortcut_when_its_text_changes(qtbot: QtBot) -> None:
    button = ActionButton("Valider", shortcut="Ctrl+Return")
    qtbot.addWidget(button)
    button.setText("Valider la demande")
    assert button.shortcut().toString() == "Ctrl+Return"
    assert button.accessibleName() == "Valider la demande"


def test_panel_buttons_are_lower(qtbot: QtBot) -> None:
    button = ActionButton("Famille", size="panel")
    qtbot.addWidget(button)
    button.show()
    assert button.height() == 26


def test_a_field_error_marks_its_field(qtbot: QtBot) -> None:
    host, field = QWidget(), QLineEdit()
    qtbot.addWidget(host)
    error = FieldError(field, host)
    error.say("L’IBAN compte 27 caractères.")
    assert field.property("invalid") == "true"
    assert field.accessibleDescription() == "L’IBAN compte 27 caractères."
    error.say("")
    assert (field.property("invalid"), error.isHidden()) == ("false", True)


def test_the_empty_state_says_what_to_do(qtbot: QtBot) -> None:
    state = EmptyState()
    qtbot.addWidget(state)
    state.say("Aucune demande à examiner.", icon_name="tray", button="Effacer les filtres")
    state.show()
    assert_accessible(state)
    with qtbot.waitSignal(state.wanted):
        state.findChildren(ActionButton)[0].click()


def test_the_focus_ring_lies_around_the_control(qtbot: QtBot, qapp: QApplication) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    first, second = QPushButton("Un"), QPushButton("Deux")
    column.addWidget(first)
    column.addWidget(second)
    ring = FocusRing(host)
    qapp.focusChanged.connect(ring.follow)
    with qtbot.waitExposed(host):
        host.show()
    host.activateWindow()
    second.setFocus()
    qtbot.waitUntil(lambda: ring.widget() is second)
    outside = second.geometry().adjusted(-3, -3, 3, 3)
    assert ring.geometry() == outside
    assert not ring.mask().contains(ring.rect().center())
    set_kind(second, "primary")
    picture = host.grab().toImage()
    assert picture.pixelColor(outside.left() + 1, outside.center().y()).name().upper() == LIGHT.accent
    qapp.focusChanged.disconnect(ring.follow)


def test_the_list_of_keys_shows_the_page_first(qtbot: QtBot) -> None:
    shown = ShortcutList(
        [("Demandes", [Shortcut("Entrée", "Examiner")]), ("Vide", []), ("Partout", [Shortcut("?", "Ceci")])]
    )
    qtbot.addWidget(shown)
    shown.show()
    assert_accessible(shown)
    assert spoken_name(shown.findChildren(ActionButton)[0]) == "Fermer"


def test_a_layout_is_emptied_of_widgets_and_spaces(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    words = QLabel("Bonjour")
    column.addWidget(words)
    column.addStretch(1)
    holder.show()
    gone = QSignalSpy(words.destroyed)
    empty(column)
    assert (column.count(), words.isVisible()) == (0, False)
    qtbot.waitUntil(lambda: gone.count() == 1)
