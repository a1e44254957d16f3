"""A request for access to a service, as the office reads and decides it: its rows, its states and its allowed acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from dombes_office.rules.lists import RowPage

if TYPE_CHECKING:
    from datetime import date, datetime


class RequestStatus(StrEnum):
    """Where a request stands. The family's screen shows the same states in its own words."""

    PENDING = "pending"
    COMPLEMENT_RECEIVED = "complement_received"
    AWAITING_FAMILY = "awaiting_family"
    VALIDATED = "validated"
    REFUSED = "refused"


OPEN_STATUSES = frozenset({RequestStatus.PENDING, RequestStatus.COMPLEMENT_RECEIVED})
"""The states in which the office may decide."""


@dataclass(frozen=True, slots=True)
class StatusWords:
    """What staff reads for a state: of one request, and over several."""

    one: str
    several: str


STATUS_WORDS = {
    RequestStatus.PENDING: StatusWords("À examiner", "À examiner"),
    RequestStatus.COMPLEMENT_RECEIVED: StatusWords("Complément reçu", "Compléments reçus"),
    RequestStatus.AWAITING_FAMILY: StatusWords("En attente de la famille", "En attente de la famille"),
    RequestStatus.VALIDATED: StatusWords("Validée", "Validées"),
    RequestStatus.REFUSED: StatusWords("Refusée", "Refusées"),
}
"""The one place where the states are worded; the family's screen has words of its own."""


class DecisionKind(StrEnum):
    """What an agent may say to a request."""

    VALIDATE = "validate"
    REFUSE = "refuse"
    COMPLEMENT = "complement"


UNDO_SECONDS = 10
"""How long a decision can be taken back on the screen; the database grants a little more, for the way."""


class VerdictKind(StrEnum):
    """What an agent says of one piece."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"


class Outcome(StrEnum):
    """What a check found. `VERIFY` leaves the answer to human eyes."""

    PASS = "pass"  # noqa: S105 - the word of a verdict, no password.
    FAIL = "fail"
    VERIFY = "verify"


class SortKey(StrEnum):
    """The orders in which the queue can be read; each has an index behind it."""

    WAITING = "waiting"
    FAMILY = "family"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the queue is narrowed to; an empty tuple or None means "all".

    `status` None reads every state. `waiting_days` keeps requests that have waited at least so many days.
    `outcome` FAIL keeps those with a failed check, VERIFY those with something to look at and no failure,
    PASS those where all is well. `words` is what was typed: names or a request number, accents and case ignored.
    """

    status: RequestStatus | None = RequestStatus.PENDING
    service_ids: tuple[int, ...] = ()
    authority_ids: tuple[int, ...] = ()
    waiting_days: int | None = None
    outcome: Outcome | None = None
    incomplete: bool = False
    words: str = ""
    sort: SortKey = SortKey.WAITING
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page of the queue begins: the sort value of the last row read, and its id."""

    value: str | int | datetime
    submitted_at: datetime
    request_id: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the queue. `check_failures` is None while nobody has run the checks on this version."""

    request_id: int
    number: str
    status: RequestStatus
    version: int
    submitted_at: datetime
    household_id: int
    family_name: str
    child_last_name: str
    child_first_name: str
    born_on: date | None
    school_level: str
    service_id: int
    service_name: str
    authority_id: int
    authority_name: str
    by_debit: bool
    pieces_given: int
    pieces_needed: int
    check_failures: int | None
    check_warnings: int | None
    opened_by: str | None
    """The display name of another agent who has the request open now."""


RequestPage: TypeAlias = RowPage[RequestRow, Cursor]
"""Some rows of the queue in order."""


@dataclass(frozen=True, slots=True)
class QueueChoices:
    """What the filters offer to this agent: services and authorities of her scope, as (id, name)."""

    services: tuple[tuple[int, str], ...]
    authorities: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PieceRow:
    """One piece that the service requires, given or missing.

    `needed` is False where the requirement does not concern this family (bank pieces of those who do not pay by
    debit). `sha256` is lower-case hexadecimal. `verdict` is what the last standing decision said of this very piece.
    """

    requirement_id: int
    code: str
    label: str
    kind: str
    sensitivity: str
    needed: bool
    validity_months: int | None
    document_id: int | None = None
    sha256: str | None = None
    file_name: str | None = None
    byte_count: int | None = None
    text_value: str | None = None
    given_at: datetime | None = None
    signed_on: date | None = None
    valid_until: date | None = None
    verdict: VerdictKind | None = None
    verdict_reason: str | None = None
    verdict_words: str | None = None

    @property
    def given(self) -> bool:
        """Whether the family has given something."""
        return self.document_id is not None


@dataclass(frozen=True, slots=True)
class ChildRow:
    """The child that the request is for; `care_note` (complementary information, PAI) is None without health rights."""

    beneficiary_id: int
    last_name: str
    first_name: str
    born_on: date | None
    relationship: str
    school_level: str
    customer_group: str
    care_note: str | None
    photo_sha256: str | None


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """The family behind the request: the account holder and where she lives."""

    household_id: int
    name: str
    holder_last_name: str
    holder_first_name: str
    email: str
    phone: str
    address: str
    postcode: str
    town: str
    children: int


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """An earlier request of the same child."""

    request_id: int
    number: str
    service_name: str
    status: RequestStatus
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """The service asked for. Ages are completed years on the day of the check, inclusive; None means no limit."""

    service_id: int
    name: str
    authority_id: int
    authority_name: str
    authority_phone: str
    authority_email: str
    min_age: int | None
    max_age: int | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found: a short title for the list, and why.

    `requirement_code` names the piece that it speaks of, "" for the request as a whole. `spoken` and `found` hold the
    two values that differ (typed, and read in the document) where the check compares; `found` is what to highlight.
    """

    code: str
    outcome: Outcome
    title: str
    why: str = ""
    requirement_code: str = ""
    spoken: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class RequestDossier:
    """All that an agent has before her eyes when she decides."""

    request: RequestRow
    pieces: tuple[PieceRow, ...]
    child: ChildRow
    family: FamilyRow
    service: ServiceRow
    earlier: tuple[EarlierRequest, ...]
    duplicates: tuple[tuple[int, str], ...] = ()
    """(document id, number of the other request) for each file that was already sent elsewhere."""
    checks: tuple[CheckResult, ...] = ()
    """The checks kept for this very version; empty until somebody ran them."""
    decision: DecisionRow | None = None
    """The last decision that nobody took back; an open request has one where the family answered a complement."""

    def seen(self) -> Seen:
        """The version and the pieces that a decision taken on this dossier rests on."""
        return Seen(
            self.request.version,
            tuple((p.document_id, p.sha256) for p in self.pieces if p.document_id is not None),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the screen: the version, and each document with the SHA-256 of its file (None for typed values)."""

    version: int
    documents: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the agent says of one required piece; `document_id` is None for a piece that is missing."""

    requirement_id: int
    document_id: int | None
    kind: VerdictKind
    reason_code: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision about to be taken."""

    kind: DecisionKind
    verdicts: tuple[Verdict, ...]
    reason_code: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision that stands.

    `decided_by` is the agent's name as people read it; `mine` says that it is the one who asks. `undo_seconds` is how
    long she may still take it back, by the server's clock when it was read: 0 when it is too late, or another's.
    """

    decision_id: int
    request_id: int
    kind: DecisionKind
    seen_version: int
    decided_by: str
    mine: bool
    decided_at: datetime
    reason_code: str | None
    words: str
    undo_seconds: float


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One line of a request's history: who did what, when, with which words. `kind` is stable, the texts are French.

    `letter_of` is the decision whose e-mail can be read, where the line tells of an e-mail.
    """

    at: datetime
    kind: str
    who: str
    what: str
    words: str = ""
    letter_of: int | None = None


def is_needed(needed: str, *, closed: bool, by_debit: bool) -> bool:
    """Whether a family must give a piece: `needed` is the requirement's code, "always" or "direct_debit".

    A requirement that was closed is asked of nobody any more. `office.pieces_needed` counts by the same rule.
    """
    return not closed and (needed == "always" or by_debit)


def verdict_missing(pieces: tuple[PieceRow, ...], verdicts: tuple[Verdict, ...]) -> tuple[PieceRow, ...]:
    """The needed pieces that still lack the verdict "conforme"."""
    compliant = {v.requirement_id for v in verdicts if v.kind is VerdictKind.COMPLIANT and v.document_id is not None}
    return tuple(p for p in pieces if p.needed and p.requirement_id not in compliant)


def allowed_decisions(
    status: RequestStatus, pieces: tuple[PieceRow, ...], verdicts: tuple[Verdict, ...], *, may_decide: bool
) -> frozenset[DecisionKind]:
    """Which decisions the buttons offer now.

    Validating waits for a compliant verdict on every needed piece; asking again needs at least one piece to ask for.
    Refusing is always open to a reviewer: it asks for its reason itself.
    """
    if not may_decide or status not in OPEN_STATUSES:
        return frozenset()
    offered = {DecisionKind.REFUSE}
    if not verdict_missing(pieces, verdicts):
        offered.add(DecisionKind.VALIDATE)
    if any(v.kind is VerdictKind.NON_COMPLIANT for v in verdicts):
        offered.add(DecisionKind.COMPLEMENT)
    return frozenset(offered)


def proposed_decision(
    status: RequestStatus, pieces: tuple[PieceRow, ...], verdicts: tuple[Verdict, ...], *, may_decide: bool
) -> DecisionKind | None:
    """The decision that the verdicts lead to, taken by Ctrl+Entrée; None while it is open."""
    offered = allowed_decisions(status, pieces, verdicts, may_decide=may_decide)
    if DecisionKind.COMPLEMENT in offered:
        return DecisionKind.COMPLEMENT
    return DecisionKind.VALIDATE if DecisionKind.VALIDATE in offered else None
