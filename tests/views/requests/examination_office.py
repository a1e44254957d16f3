"""An office without a database: requests, files, and plain functions that answer as the operations do."""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image
from PySide6.QtCore import Qt
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from dombes_office.errors import ServerUnreachable
from dombes_office.rules.agents import REVIEWER, Agent
from dombes_office.rules.letters import Letter, SentLetter
from dombes_office.rules.requests import (
    UNDO_SECONDS,
    ChildRow,
    Cursor,
    DecisionDraft,
    DecisionKind,
    DecisionRow,
    EarlierRequest,
    FamilyRow,
    HistoryEvent,
    PieceRow,
    RequestDossier,
    RequestFilter,
    RequestPage,
    RequestRow,
    RequestStatus,
    ServiceRow,
)
from dombes_office.views.requests.acts import RequestActs

if TYPE_CHECKING:
    from typing import Any

    from dombes_office.errors import OfficeError

NOW = datetime(2026, 11, 23, 8, 42, tzinfo=UTC)
SENT = datetime(2026, 11, 17, 17, 4, tzinfo=UTC)
IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "FR76 3000 6000 0112 3456 7980 108"
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
STATUS_AFTER = {
    DecisionKind.VALIDATE: RequestStatus.VALIDATED,
    DecisionKind.REFUSE: RequestStatus.REFUSED,
    DecisionKind.COMPLEMENT: RequestStatus.AWAITING_FAMILY,
}
LEA = Agent("lea", "Léa Morandat", frozenset({REVIEWER}), ((1, "CC de la Dombes"),), True, "18.0")


@cache
def pdf(*pages: str, mark: str = "") -> bytes:
    """A PDF with one page for each text, lines parted by line ends; `mark` makes it another file."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=A4, invariant=True)
    paper.setTitle(mark)
    for page in pages:
        paper.setFont("Helvetica", 11)
        for number, line in enumerate(page.splitlines()):
            paper.drawString(60, 780 - 40 * number, line)
        paper.showPage()
    paper.save()
    return target.getvalue()


def mandate(iban: str = IBAN, *, name: str = "BERTHOLLET Claire", mark: str = "") -> bytes:
    """A SEPA mandate with these words in its text."""
    lines = ("MANDAT DE PRÉLÈVEMENT SEPA", f"Nom du débiteur : {name}", f"IBAN {iban}", "Fait à Baneins, le 16/11/2026")
    return pdf("\n".join(lines), mark=mark)


def form(mark: str = "") -> bytes:
    """A health form of two pages."""
    return pdf("FICHE SANTE\nAllergies : aucune", "Seconde page", mark=mark)


@cache
def photograph(width: int = 600, height: int = 800, orientation: int = 6) -> bytes:
    """A phone photograph stored lying, upright when its EXIF orientation is obeyed: `width` x `height` as shown."""
    picture = Image.new("RGB", (height, width) if orientation == 6 else (width, height), "navy")
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif)
    return target.getvalue()


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class FakeOffice:
    """Dossiers and files; remembers what was asked, and can be made to fail or to wait."""

    dossiers: dict[int, RequestDossier] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    photos: dict[int, bytes] = field(default_factory=dict)
    history: tuple[HistoryEvent, ...] = ()
    log: list[tuple[str, int]] = field(default_factory=list)
    decided: list[tuple[RequestDossier, DecisionDraft, Letter]] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    kept: list[tuple[Any, ...]] = field(default_factory=list)
    revealed: list[tuple[int, int | None]] = field(default_factory=list)
    failures: dict[str, OfficeError] = field(default_factory=dict)
    """By the name of the operation: what it raises."""
    gate: threading.Event = field(default_factory=threading.Event)
    """A decision waits while it is not set."""
    reading_gate: threading.Event = field(default_factory=threading.Event)
    history_gate: threading.Event = field(default_factory=threading.Event)
    undo_seconds: float = float(UNDO_SECONDS)
    """What a decision leaves to undo it."""
    loses_answers: bool = False
    """A decision is written, and the connection breaks before its answer has come."""

    def __post_init__(self) -> None:
        self.gate.set()
        self.reading_gate.set()
        self.history_gate.set()

    def acts(self) -> RequestActs:
        """The operations that the page is given."""
        return RequestActs(
            list_requests=self.list_requests,
            open_dossier=self.open_dossier,
            read_document=self.read_document,
            read_photo=self.read_photo,
            note_opening=self.note_opening,
            note_revealed=self.note_revealed,
            keep_open=self.keep_open,
            note_closing=self.note_closing,
            keep_checks=self.keep_checks,
            decide=self.decide,
            undo_decision=self.undo_decision,
            read_history=self.read_history,
            read_letter=self.read_letter,
        )

    def asked(self, name: str) -> list[int]:
        """The first argument of each call of an operation."""
        return [first for called, first in self.log if called == name]

    def _called(self, name: str, first: int) -> None:
        self.log.append((name, first))
        if name in self.failures:
            raise self.failures[name]

    def open_dossier(self, _db: None, request_id: int) -> RequestDossier:
        assert self.reading_gate.wait(20)
        self._called("open_dossier", request_id)
        return self.dossiers[request_id]

    def read_document(self, _db: None, document_id: int) -> bytes:
        assert self.reading_gate.wait(20)
        self._called("read_document", document_id)
        return self.files[document_id]

    def read_photo(self, _db: None, beneficiary_id: int) -> bytes | None:
        self._called("read_photo", beneficiary_id)
        return self.photos.get(beneficiary_id)

    def note_opening(self, _db: None, request_id: int) -> None:
        self._called("note_opening", request_id)

    def note_revealed(self, _db: None, request_id: int, document_id: int | None) -> None:
        self._called("note_revealed", request_id)
        self.revealed.append((request_id, document_id))

    def keep_open(self, _db: None, request_id: int) -> None:
        self._called("keep_open", request_id)

    def note_closing(self, _db: None, request_id: int) -> None:
        self._called("note_closing", request_id)

    def keep_checks(self, _db: None, request_id: int, version: int, results: Any) -> None:  # noqa: ANN401 - as called.
        self._called("keep_checks", request_id)
        self.kept.append((request_id, version, results))

    def decide(self, _db: None, dossier: RequestDossier, draft: DecisionDraft, letter: Letter) -> DecisionRow:
        assert self.gate.wait(20)
        self._called("decide", dossier.request.request_id)
        self.decided.append((dossier, draft, letter))
        made = decision(
            dossier.request.request_id,
            draft.kind,
            decision_id=len(self.decided),
            seen_version=dossier.request.version,
            undo_seconds=self.undo_seconds,
        )
        if self.loses_answers:
            self.change(dossier.request.request_id, status=STATUS_AFTER[draft.kind], decision=made)
            raise ServerUnreachable("La connexion est perdue.", "Réessayez.")
        return made

    def undo_decision(self, _db: None, decision_id: int) -> None:
        self._called("undo_decision", decision_id)
        self.undone.append(decision_id)

    def list_requests(
        self, _db: None, wanted: RequestFilter, after: Cursor | None = None, *, limit: int, everything: bool
    ) -> RequestPage:
        assert after is None
        assert everything
        self._called("list_requests", limit)
        rows = tuple(d.request for d in self.dossiers.values() if d.request.status is wanted.status)
        return RequestPage(rows[:limit], None)

    def read_letter(self, _db: None, decision_id: int) -> SentLetter:
        self._called("read_letter", decision_id)
        return SentLetter("claire@example.org", Letter("Votre demande", "Bonjour,\n\nÀ bientôt"), "sent", NOW)

    def read_history(self, _db: None, request_id: int) -> tuple[HistoryEvent, ...]:
        assert self.history_gate.wait(20)
        self._called("read_history", request_id)
        return self.history

    # What is in the office ---------------------------------------------------------------------------------------

    def add(self, request_id: int, **changes: Any) -> RequestDossier:  # noqa: ANN401 - any field of the row.
        """A request of the Berthollets with four pieces; ids of its documents begin with its own."""
        first = request_id * 10
        self.files[first + 1], self.files[first + 4] = form(str(request_id)), mandate(mark=str(request_id))
        pieces = (
            self.file_piece(1, "health_form", "Fiche santé", first + 1, "fiche_sante.pdf"),
            typed_piece(2, "iban", "IBAN", first + 2, IBAN),
            typed_piece(3, "bic", "BIC", first + 3, "AGRIFRPP"),
            self.file_piece(4, "mandate", "Mandat SEPA", first + 4, "mandat_berthollet.pdf", date(2026, 11, 16)),
        )
        made = dossier(row(request_id, **changes), pieces)
        self.dossiers[request_id] = made
        return made

    def file_piece(
        self, requirement: int, code: str, label: str, document: int, name: str, signed: date | None = None
    ) -> PieceRow:
        """A piece whose file is already in `files`."""
        content = self.files[document]
        return PieceRow(
            requirement, code, label, "file", "bank" if code == "mandate" else "health", True, 12, document,
            digest(content), name, len(content), None, SENT, signed, date(2027, 11, 16),
        )  # fmt: skip

    def give_mandate(self, request_id: int, content: bytes, *, document: int | None = None) -> RequestDossier:
        """The family gives another mandate: another document, another version."""
        document = document or request_id * 10 + 5
        self.files[document] = content
        piece = self.file_piece(4, "mandate", "Mandat SEPA", document, "mandat.pdf", date(2026, 11, 16))
        old = self.dossiers[request_id]
        return self.change(request_id, pieces=(*old.pieces[:3], piece, *old.pieces[4:]))

    def change(self, request_id: int, *, status: RequestStatus | None = None, **changes: Any) -> RequestDossier:  # noqa: ANN401 - any field.
        """The request becomes another one, one version newer."""
        old = self.dossiers[request_id]
        request = replace(old.request, version=old.request.version + 1, status=status or old.request.status)
        self.dossiers[request_id] = replace(old, request=request, **changes)
        return self.dossiers[request_id]


def typed_piece(requirement: int, code: str, label: str, document: int, value: str) -> PieceRow:
    """A value that the family typed."""
    return PieceRow(
        requirement, code, label, code if code in {"iban", "bic"} else "text", "bank", True, 12, document,
        text_value=value, given_at=SENT, valid_until=date(2027, 11, 17),
    )  # fmt: skip


def missing_piece(requirement: int = 4, code: str = "mandate", label: str = "Mandat SEPA", **changes: Any) -> PieceRow:  # noqa: ANN401 - any field.
    """A piece that was not given."""
    return replace(PieceRow(requirement, code, label, "file", "bank", True, 12), **changes)


def decision(request_id: int, kind: DecisionKind = DecisionKind.VALIDATE, **changes: Any) -> DecisionRow:  # noqa: ANN401 - any field.
    """A decision of Léa's that stands, too old to be undone."""
    made = DecisionRow(1, request_id, kind, 5, "Léa Morandat", True, NOW, None, "", 0.0)
    return replace(made, **changes)


def row(request_id: int, **changes: Any) -> RequestRow:  # noqa: ANN401 - any field of the row.
    """A pending request."""
    made = RequestRow(
        request_id, f"2026-{request_id:04}", RequestStatus.PENDING, 5, SENT, 1, "Berthollet", "Berthollet", "Manon",
        date(2019, 3, 12), "CE1", 1, "Mercredis sportifs", 1, "CC Dombes", True, 4, 4, None, None, None,
    )  # fmt: skip
    return replace(made, **changes)


def dossier(request: RequestRow, pieces: tuple[PieceRow, ...], **changes: Any) -> RequestDossier:  # noqa: ANN401 - any field of the row.
    """All around a request."""
    made = RequestDossier(
        request,
        pieces,
        ChildRow(1, "Berthollet", "Manon", date(2019, 3, 12), "mère", "CE1", "Client", "Asthme d’effort", None),
        FamilyRow(
            1, "Berthollet", "Berthollet", "Claire", "claire@example.org", "0639984127", "1 rue", "01", "Baneins", 3
        ),
        ServiceRow(1, "Mercredis sportifs", 1, "CC de la Dombes", "0465710040", "accueil@example.org", 6, 11),
        (EarlierRequest(9, "2025-0412", "Mercredis sportifs", RequestStatus.VALIDATED, SENT, SENT, "S. Berthelier"),),
    )
    return replace(made, **changes)
