"""Decisions: what an agent said to a request, and of each of its pieces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Number, Xid8, one_of, says_something

REFUSAL_REASONS = (
    "age_out_of_range",
    "outside_area",
    "incomplete_file",
    "duplicate_request",
    "service_full",
    "other",
)
"""Why a request is refused: the codes of `rules/reasons.py`, written out because a revision must not change with it."""

PIECE_REASONS = (
    "missing",
    "unreadable",
    "expired",
    "page_missing",
    "not_signed",
    "incomplete",
    "wrong_document",
    "name_different",
    "iban_different",
    "date_wrong",
    "iban_invalid",
    "bic_invalid",
    "bic_different",
    "wrong_value",
    "other",
)
"""Why a piece, of any kind, is not compliant: the codes of `rules/reasons.py` again."""

MAX_WORDS = 2000
"""The longest words of an agent, in characters."""

_OTHER_HAS_WORDS = f"reason_code is distinct from 'other' or ({says_something('words', MAX_WORDS)})"
_SHORT_WORDS = f"length(words) <= {MAX_WORDS}"


class Decision(Base):
    """A decision, taken on one version of a request: a trigger refuses any other version and moves the request.

    An undone decision stays, marked. Of those that end a request one stands, by a unique index; a family may be asked
    again several times before.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("validate", "refuse", "complement")), name="kind"),
        CheckConstraint(
            "(kind <> 'refuse' or reason_code is not null)"
            f" and (reason_code is null or {one_of('reason_code', REFUSAL_REASONS)})",
            name="refusal_has_reason",
        ),
        CheckConstraint(_OTHER_HAS_WORDS, name="other_reason_has_words"),
        CheckConstraint(_SHORT_WORDS, name="words"),
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
        Index(
            "uq_decision_standing",
            "request_id",
            unique=True,
            postgresql_where=text("undone_at is null and kind <> 'complement'"),
        ),
    )

    id: Mapped[Id]
    request_id: Mapped[Number] = mapped_column(ForeignKey("office.access_request.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    kind: Mapped[str]
    reason_code: Mapped[str | None]
    words: Mapped[str] = mapped_column(server_default=text("''"))
    seen_version: Mapped[int]
    previous_status: Mapped[str]
    """The state before, filled by the trigger: undoing goes back to it."""
    decided_by: Mapped[Login]
    decided_at: Mapped[Now]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    xid: Mapped[int | None] = mapped_column(Xid8)
    """The transaction that wrote the row: verdicts and the e-mail are written in the same one."""


class DocumentVerdict(Base):
    """What a decision says of one required piece; `document_id` is NULL for a piece that is missing.

    `seen_sha256` is the file that was on the screen: a trigger compares it with the file that is there.
    """

    __tablename__ = "document_verdict"
    __table_args__ = (
        UniqueConstraint("decision_id", "requirement_id"),
        CheckConstraint(one_of("kind", ("compliant", "non_compliant")), name="kind"),
        CheckConstraint(
            "(kind = 'compliant' or reason_code is not null)"
            f" and (reason_code is null or {one_of('reason_code', PIECE_REASONS)})",
            name="reason",
        ),
        CheckConstraint("kind = 'non_compliant' or document_id is not null", name="missing_is_not_compliant"),
        CheckConstraint(_OTHER_HAS_WORDS, name="other_reason_has_words"),
        CheckConstraint(_SHORT_WORDS, name="words"),
    )

    id: Mapped[Id]
    decision_id: Mapped[Number] = mapped_column(ForeignKey("office.decision.id"))
    requirement_id: Mapped[Number] = mapped_column(ForeignKey("office.document_requirement.id"), index=True)
    document_id: Mapped[Number | None] = mapped_column(ForeignKey("office.supporting_document.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    kind: Mapped[str]
    reason_code: Mapped[str | None]
    words: Mapped[str] = mapped_column(server_default=text("''"))
    seen_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
