"""Deciding on what was seen: a family that sends another paper meanwhile is heard, or the decision is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.stories.clerk import ENTER, part
from tests.stories.families import ask, mandate

if TYPE_CHECKING:
    from tests.builders import GivenRequest, Office
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown

WORDS = "La deuxième page est coupée à droite."
SAID = f"non_compliant page_missing {WORDS}"


@pytest.fixture
def given(town: Office) -> GivenRequest:
    """A request whose papers are all in order."""
    return ask(town, "Berthollet", "Manon")


@pytest.fixture
def lea(given: GivenRequest, sit_down: SitDown) -> Clerk:
    """She has found a page missing in the form, in words of her own, and the mandate good."""
    assert given.request_id
    clerk = sit_down()
    clerk.see_queue(1)
    clerk.open_selected()
    clerk.press(Qt.Key.Key_N)
    clerk.choose_why("Page manquante")
    clerk.add_words(WORDS)
    assert clerk.piece.code == "mandate"
    clerk.press(Qt.Key.Key_C)
    assert clerk.verdicts() == {
        "health_form": SAID,
        "iban": "compliant",
        "bic": "compliant",
        "mandate": "compliant",
    }
    return clerk


def replace_mandate(town: Office, given: GivenRequest) -> int:
    """The family sends another mandate by the portal; its document."""
    return town.give(given.request_id, "mandate", mandate("Berthollet", "Manon", reference="DOMBES-2026-00002"))


def decide_again(town: Office, lea: Clerk, document_id: int) -> None:
    """She reads the new mandate, finds it good, and asks for the form."""
    lea.see_request()
    lea.press(Qt.Key.Key_4)
    assert lea.piece.document_id == document_id
    lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)
    lea.see_queue(0)
    assert town.one("select count(*) from office.decision where kind = 'complement'") == 1
    assert town.one("select count(*) from office.outbox_mail") == 1
    assert WORDS in town.one("select body from office.outbox_mail")
    seen = "select v.kind from office.document_verdict v where v.document_id = %s"
    assert town.one(seen, document_id) == "compliant"


def test_she_is_told_within_two_seconds_what_the_family_changed(town: Office, given: GivenRequest, lea: Clerk) -> None:
    document_id = replace_mandate(town, given)
    lea.within_two_seconds(lambda: "Pièce remplacée" in lea.band)
    assert "Cette demande vient de changer." in lea.band
    assert "Mandat SEPA" in lea.band
    assert "À relire" in lea.band
    assert "mandate" not in lea.verdicts()
    assert lea.verdicts()["health_form"] == SAID
    decide_again(town, lea, document_id)


def test_a_decision_on_what_is_no_longer_there_is_refused(town: Office, given: GivenRequest, lea: Clerk) -> None:
    lea.hear_nothing_more()
    document_id = replace_mandate(town, given)
    lea.ctrl(ENTER)
    lea.until(lambda: "Pièce remplacée" in lea.band)
    lea.settle()
    assert "À relire" in lea.band
    assert "Mandat SEPA" in lea.band
    assert town.one("select count(*) from office.decision") == 0
    assert town.one("select count(*) from office.outbox_mail") == 0
    assert "mandate" not in lea.verdicts()
    assert lea.verdicts()["health_form"] == SAID
    lea.press(Qt.Key.Key_1)
    assert part(lea.examination.bench.verdict_bar, QLineEdit).text() == WORDS
    decide_again(town, lea, document_id)


def test_the_reason_of_a_refusal_outlives_the_change(town: Office, given: GivenRequest, lea: Clerk) -> None:
    lea.hear_nothing_more()
    lea.ask_to_refuse()
    lea.choose_refusal("Le dossier reste incomplet")
    lea.press(Qt.Key.Key_Tab)
    lea.type("Deuxième rappel resté sans réponse.")
    replace_mandate(town, given)
    lea.ctrl(ENTER)
    lea.back_from_popup()
    lea.until(lambda: "Pièce remplacée" in lea.band)
    lea.settle()
    assert town.one("select count(*) from office.decision") == 0
    dialog = lea.ask_to_refuse()
    assert dialog.code == "incomplete_file"
    assert dialog.typed == "Deuxième rappel resté sans réponse."
    lea.ctrl(ENTER)
    lea.back_from_popup()
    lea.see_queue(0)
    assert town.one("select reason_code from office.decision") == "incomplete_file"
    assert "Deuxième rappel resté sans réponse." in town.one("select body from office.outbox_mail")
