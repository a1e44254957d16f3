"""Examen as a page: moving, reading only, long words, dialogs, and access for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPlainTextEdit

from dombes_office.rules.requests import DecisionKind, HistoryEvent, RequestStatus
from tests.views.accessibility import assert_accessible
from tests.views.requests.examination_desk import ENTER, Bench, part
from tests.views.requests.examination_office import NOW, OTHER_IBAN, FakeOffice, decision, dossier, mandate, row


def test_verdicts_wait_for_the_agent_to_come_back(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.number == "2026-0002"
    bench.alt(Qt.Key.Key_Left)
    bench.settle()
    assert bench.verdicts()[1] == "compliant"
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    assert bench.window.page is bench.queue
    bench.window.open("examination", bench.queue.shown[-1])
    bench.settle()
    assert bench.number == "2026-0001"
    assert bench.verdicts()[1] == "compliant"


def test_opening_and_closing_are_written_down_once(bench: Bench) -> None:
    bench.show(1, 2)
    bench.page.refresh()
    bench.settle()
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    assert bench.office.asked("note_opening") == [1, 2]
    assert bench.office.asked("note_closing") == [1, 2]


def test_an_agent_who_may_not_decide_reads_only(bench: Bench) -> None:
    bench.show(1, agent=replace(bench.agent, groups=frozenset({"office_finance"})))
    bench.press("c")
    bench.ctrl(ENTER)
    bench.alt(Qt.Key.Key_R)
    bench.settle()
    assert bench.office.decided == []
    assert not any(button.isVisible() for button in bench.page.bench.decision.buttons.values())
    assert not bench.page.bench.verdict_bar.isEnabled()
    assert bench.office.asked("note_opening") == []
    assert "sans la décider" in bench.page.bench.decision._sentence.text()


def test_a_decided_request_says_who_decided_and_when(bench: Bench) -> None:
    decided = decision(1, decided_by="Sophie Berthelier", mine=False)
    bench.office.change(1, status=RequestStatus.VALIDATED, decision=decided)
    bench.show(1)
    bench.press("c")
    bench.alt(Qt.Key.Key_R)
    bench.settle()
    assert bench.office.decided == []
    said = bench.page.bench.decision._sentence.text()
    assert said == "Demande validée par Sophie Berthelier le 23/11/2026 à 9\u00a0h\u00a042."
    assert bench.office.asked("read_history") == []


def test_half_an_hour_after_midnight_is_the_new_day(bench: Bench) -> None:
    bench.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    office = bench.office
    old = office.dossiers[1]
    earlier = replace(old.earlier[0], submitted_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    pieces = (replace(old.pieces[0], valid_until=date(2026, 11, 22)), *old.pieces[1:])
    child = replace(old.child, born_on=date(2019, 11, 23))
    office.dossiers[1] = replace(old, child=child, pieces=pieces, earlier=(earlier,))
    bench.show(1)
    said = " ".join(label.text() for label in bench.page.bench.findChildren(QLabel))
    assert "né(e) le 23/11/2019, 7\u00a0ans" in said
    assert "2025, validée" in said
    (_, _, kept), *_ = office.kept
    assert next(check.title for check in kept if check.code == "validity").startswith("Validité dépassée")


def test_a_colleague_who_has_it_open_is_named(bench: Bench) -> None:
    bench.office.add(1, opened_by="S. Berthelier")
    bench.show(1)
    assert "S.\u00a0Berthelier" in bench.band.replace("S. B", "S.\u00a0B")


def test_a_request_without_any_piece_can_be_decided(bench: Bench) -> None:
    bench.office.dossiers[1] = dossier(row(1), ())
    bench.show(1, 2)
    assert bench.piece == ""
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.dossier.checks
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.VALIDATE]


def test_every_control_has_a_name_and_can_be_reached(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1, 2)
    assert_accessible(bench.page)
    bench.press("4")
    bench.press("n")
    assert_accessible(bench.page)
    bench.page.bench.verdict_bar._ask_words()
    assert_accessible(bench.page)
    bench.page.bench.pieces.view.setFocus()
    bench.page.bench.decision.letter_wanted.emit()
    assert_accessible(bench.dialogs()[0])
    bench.dialogs()[0].close()
    bench.page.bench.history.click()
    bench.settle()
    assert_accessible(bench.dialogs()[0])


def test_f6_goes_through_the_areas(bench: Bench) -> None:
    bench.show(1)
    seen = []
    for _ in bench.page.areas():
        focus = QApplication.focusWidget()
        seen.append(next(a for a in bench.page.areas() if focus is not None and (a is focus or a.isAncestorOf(focus))))
        bench.window.next_area()
    assert seen == list(bench.page.areas())


def test_the_email_can_be_read_before_it_leaves(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    bench.page.bench.decision.letter_wanted.emit()
    text = part(bench.dialogs()[0], QPlainTextEdit)
    assert "Manon" in text.toPlainText()
    assert text.verticalScrollBar().maximum() == 0


def test_the_history_is_a_table(bench: Bench) -> None:
    bench.office.history = (HistoryEvent(NOW, "decided", "Léa Morandat", "Demande refusée", "Mots. " * 60),)
    bench.show(1)
    bench.page.bench.history.click()
    bench.settle()
    assert "Historique" in bench.dialogs()[0].windowTitle()


def test_a_page_of_nine_pieces_and_long_names_fits(bench: Bench) -> None:
    office: FakeOffice = bench.office
    long = "Anne-Charlotte-Émilienne-" * 3 + "Marie"
    pieces = list(office.dossiers[1].pieces)
    for number in range(5, 10):
        office.files[100 + number] = mandate(mark=f"more {number}")
        piece = office.file_piece(
            number, f"more{number}", f"Justificatif n° {number} de la famille", 100 + number, "x.pdf"
        )
        pieces.append(replace(piece, file_name="y" * 200 + ".pdf"))
    old = dossier(row(1), tuple(pieces))
    office.dossiers[1] = replace(
        old,
        child=replace(old.child, last_name=long, first_name=long, care_note="Allergie aux arachides. " * 84),
        family=replace(old.family, name=long, holder_last_name=long, email=f"{'a' * 60}@example.org"),
        service=replace(old.service, name="Service " * 10),
    )
    bench.show(1)
    for number in range(1, 10):
        bench.press(str(number))
        bench.settle()
        sha256 = office.dossiers[1].pieces[number - 1].sha256
        assert sha256 is None or bench.shown() == sha256
    assert bench.window.width() == 1366
    facts = bench.page.bench.facts
    assert part(facts, QFrame).width() <= facts.viewport().width()
    draft = bench.page.bench.draft
    assert draft is not None
    titles = {check.title for check in draft.dossier.checks}
    assert "Mandat scanné\u00a0: à lire à l’œil" not in titles
