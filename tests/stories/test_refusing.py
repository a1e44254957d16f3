"""A refusal without a reason is possible neither at the window nor in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from tests.stories.clerk import ENTER, part
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.postgres import OfficeDatabase
    from tests.stories.conftest import SitDown


def stored(town: Office) -> tuple[int, int, str]:
    """How many decisions, how many e-mails, and the state of the request."""
    count = town.one("select count(*) from office.decision")
    return (
        count,
        town.one("select count(*) from office.outbox_mail"),
        town.one("select status from office.access_request"),
    )


def test_the_question_stays_until_there_is_a_reason(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    lea.open_selected()
    dialog = lea.ask_to_refuse()
    lea.ctrl(ENTER)
    lea.until(lambda: "un refus sans motif n’est pas possible" in lea.complaint)
    assert dialog.isVisible()
    lea.settle()
    assert stored(town) == (0, 0, "pending")

    lea.choose_refusal("Autre motif (à écrire)")
    lea.ctrl(ENTER)
    lea.until(lambda: "Écrivez le motif" in lea.complaint)
    assert dialog.isVisible()
    lea.settle()
    assert stored(town) == (0, 0, "pending")

    assert part(dialog, QPlainTextEdit).hasFocus()
    lea.type("La famille a déménagé à Mâcon.")
    lea.ctrl(ENTER)
    lea.back_from_popup()
    lea.see_queue(0)
    assert stored(town) == (1, 1, "refused")
    assert "La famille a déménagé à Mâcon." in town.one("select body from office.outbox_mail")


def test_escape_refuses_nothing_and_keeps_the_words(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    lea.open_selected()
    dialog = lea.ask_to_refuse()
    lea.choose_refusal("Le dossier reste incomplet")
    lea.press(Qt.Key.Key_Tab)
    lea.until(part(dialog, QPlainTextEdit).hasFocus)
    lea.type("Liste d’attente ouverte.")
    lea.press(Qt.Key.Key_Escape)
    lea.back_from_popup()
    assert stored(town) == (0, 0, "pending")
    again = lea.ask_to_refuse()
    assert part(again, QPlainTextEdit).toPlainText() == "Liste d’attente ouverte."
    assert again.code == "incomplete_file"


def test_the_database_refuses_what_the_window_would_never_send(
    town: Office, database: OfficeDatabase, sit_down: SitDown
) -> None:
    given = ask(town, "Berthollet", "Manon", by_debit=False)
    version = town.one("select version from office.access_request")
    lea = sit_down()
    own = database.raw(lea.agent.login)
    for reason, words, rule in (
        (None, "", "ck_decision_refusal_has_reason"),
        ("other", " ", "ck_decision_other_reason_has_words"),
    ):
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            own.execute(
                "insert into office.decision (request_id, kind, reason_code, words, seen_version)"
                " values (%s, 'refuse', %s, %s, %s)",
                (given.request_id, reason, words, version),
            )
        assert refused.value.sqlstate == "23514"
        assert refused.value.diag.constraint_name == rule
    assert stored(town) == (0, 0, "pending")
