"""A morning of twenty requests, decided without the mouse: what is decided, what the families will read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from dombes_office.rules.requests import DecisionKind
from tests.stories import families
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.builders import Office
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown
    from tests.stories.families import Paper


@dataclass(frozen=True)
class Case:
    """A family, what it sent, what the clerk does about it, and what must stand in the e-mail."""

    name: str
    first_name: str
    act: Callable[[Clerk], None]
    kind: str
    reads: tuple[str, ...]
    form: Callable[[Paper], bytes] | None = families.text
    paper: Callable[[Paper], bytes] | None = families.text
    by_debit: bool = True
    other_iban: bool = False


def all_is_well(lea: Clerk) -> None:
    """C on each piece that the checks leave to her eyes, Ctrl+Entrée."""
    while lea.proposed is not DecisionKind.VALIDATE:
        piece = lea.piece
        lea.press(Qt.Key.Key_C)
        assert lea.verdicts()[piece.code] == "compliant"
    lea.ctrl(ENTER)


def iban_is_another(lea: Clerk) -> None:
    """The form is fine; the mandate is for another account, which the checks have found."""
    lea.press(Qt.Key.Key_C)
    assert lea.piece.code == "mandate"
    lea.press(Qt.Key.Key_N)
    assert lea.see_why().currentText() == "L’IBAN n’est pas celui saisi"
    lea.press(ENTER)
    lea.ctrl(ENTER)


def iban_is_another_in_words(lea: Clerk) -> None:
    """The same, with words of her own."""
    lea.press(Qt.Key.Key_C)
    lea.press(Qt.Key.Key_N)
    lea.see_why()
    lea.add_words("Le relevé joint est celui de l’ancien compte, n’est-ce pas ?")
    lea.ctrl(ENTER)


def form_is_unreadable(lea: Clerk) -> None:
    """Nothing can be read on the photograph: no check proposes a reason, so she chooses it."""
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Document illisible")
    lea.press(ENTER)
    if lea.piece.code == "mandate":
        lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)


def mandate_cannot_be_opened(lea: Clerk) -> None:
    """The application says itself that the file cannot be read, and proposes that reason."""
    lea.press(Qt.Key.Key_C)
    assert lea.piece.code == "mandate"
    lea.press(Qt.Key.Key_N)
    assert lea.see_why().currentText() == "Document illisible"
    lea.press(ENTER)
    lea.ctrl(ENTER)


def mandate_is_missing(lea: Clerk) -> None:
    """N asks for a piece that never came."""
    lea.press(Qt.Key.Key_C)
    assert lea.piece.code == "mandate"
    assert not lea.piece.given
    lea.press(Qt.Key.Key_N)
    lea.press(ENTER)
    lea.ctrl(ENTER)


def form_for_another_reason(lea: Clerk) -> None:
    """None of the reasons of the list: words alone."""
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Autre motif (à écrire)")
    lea.add_words("Les deux pages sont celles du grand frère.")
    lea.ctrl(ENTER)


def refuse(label: str, words: str = "") -> Callable[[Clerk], None]:
    """Alt+R, the reason, the words."""

    def act(lea: Clerk) -> None:
        lea.ask_to_refuse()
        lea.choose_refusal(label)
        if words:
            lea.press(Qt.Key.Key_Tab)
            lea.type(words)
        lea.ctrl(ENTER)
        lea.back_from_popup()

    return act


ACCEPTED = ("Bonne nouvelle", "est acceptée")
CASES = (
    Case("Berthollet", "Manon", all_is_well, "validate", ACCEPTED),
    Case("Lefèvre", "Gaëtane", all_is_well, "validate", ACCEPTED, families.scan, families.scan),
    Case("D’Angelo", "Chloé", iban_is_another, "complement", ("n’est pas celui que vous avez saisi",), other_iban=True),
    Case("Morel", "Léo", all_is_well, "validate", ACCEPTED, by_debit=False),
    Case("Œuvrard", "Anaëlle", all_is_well, "validate", ACCEPTED, families.photo),
    Case("Roux", "Ilyès", form_is_unreadable, "complement", ("Fiche santé", "pas à lire"), families.blurred),
    Case("Garin", "Zoé", refuse("Le service est complet"), "refuse", ("Toutes les places", "tribunal administratif")),
    Case("Łukasik", "Ewa", all_is_well, "validate", ACCEPTED, families.heic),
    Case("Ștefan", "Ioana", mandate_cannot_be_opened, "complement", ("Mandat SEPA",), paper=families.locked),
    Case("Perrin", "Noé", mandate_is_missing, "complement", ("nous n’avons rien reçu pour cette pièce",), paper=None),
    Case("Blanc", "Inès", all_is_well, "validate", ACCEPTED, families.fax, families.text),
    Case("Chevalier", "Théo", mandate_cannot_be_opened, "complement", ("pas à lire",), paper=families.program),
    Case(
        "Nguyen", "Maï", refuse("La famille habite hors du territoire", "Votre mairie peut vous aider aussi."),
        "refuse", ("réservé aux familles", "Votre mairie peut vous aider"),
    ),
    Case("Faure", "Jules", all_is_well, "validate", ACCEPTED, families.with_script),
    Case("Girard", "Lina", mandate_cannot_be_opened, "complement", ("pas à lire",), paper=families.cut_off),
    Case(
        "Bonnet", "Hugo", iban_is_another_in_words, "complement",
        ("n’est pas celui que vous avez saisi", "Le relevé joint est celui de l’ancien compte"), other_iban=True,
    ),
    Case("Dupuis", "Alix", form_for_another_reason, "complement", ("celles du grand frère",), by_debit=False),
    Case("Meunier", "Jade", all_is_well, "validate", ACCEPTED),
    Case(
        "Colin", "Sacha", refuse("Autre motif (à écrire)", "L’enfant est déjà inscrit à Châtillon."),
        "refuse", ("L’enfant est déjà inscrit à Châtillon.",),
    ),
    Case("Picard", "Élise", all_is_well, "validate", ACCEPTED, paper=families.scan),
)  # fmt: skip
STATES = {"validate": "validated", "refuse": "refused", "complement": "awaiting_family"}


def test_twenty_requests_are_decided_without_the_mouse(town: Office, sit_down: SitDown) -> None:
    given = [
        ask(
            town, case.name, case.first_name, form=case.form, paper=case.paper, by_debit=case.by_debit,
            other_iban=case.other_iban,
        )
        for case in CASES
    ]  # fmt: skip
    lea = sit_down()
    lea.see_queue(20)
    assert lea.families == [case.name for case in CASES]
    lea.press(ENTER)
    for at, case in enumerate(CASES):
        number = town.one("select number from office.access_request where id = %s", given[at].request_id)
        lea.see_request(number)
        case.act(lea)
        lea.until(lambda decided=at + 1: town.one("select count(*) from office.decision") == decided)  # type: ignore[misc] # A default binds it.
        lea.until(lambda name=case.name: name.upper() in lea.offer)  # type: ignore[misc] # The same.

    lea.see_queue(0)
    assert lea.queue.empty.isVisible()
    assert not lea.queue.view.isVisible()
    tabs = lea.queue.filters.tabs.bar
    lea.until(lambda: tabs.accessibleTabName(0) == "À examiner, 0")

    rows = town.raw.execute(
        "select d.request_id, d.kind, d.decided_by, r.status, m.to_address, m.subject, m.body, m.state"
        " from office.decision d join office.access_request r on r.id = d.request_id"
        " join office.outbox_mail m on m.decision_id = d.id order by d.id"
    ).fetchall()
    assert len(rows) == 20
    assert town.one("select count(*) from office.outbox_mail") == 20
    for at, (case, row) in enumerate(zip(CASES, rows, strict=True)):
        request_id, kind, decided_by, status, address, subject, body, state = row
        assert (request_id, kind) == (given[at].request_id, case.kind)
        assert (decided_by, status) == (lea.agent.login, STATES[kind])
        assert (address, state) == (f"famille{at + 1}@example.org", "queued")
        assert case.first_name in subject
        for words in case.reads:
            assert words in body, f"{case.name}: {body}"
        assert "FR76 3000" not in body
        assert "FR763000" not in body
