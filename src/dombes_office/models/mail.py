"""The outbox: e-mails written in the same transaction as what they tell, sent later by the mailer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Number, is_address, one_of, says_something

MAX_SUBJECT = 300
MAX_BODY = 20_000
"""The longest e-mail, in characters."""


class OutboxMail(Base):
    """One e-mail to one family. `send_after` leaves the time to undo; `leased_until` is the mailer's claim.

    `dedupe_key` makes the same e-mail impossible to write twice; `message_id` is stable over retries.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint(one_of("state", ("queued", "sending", "sent", "failed", "cancelled")), name="state"),
        CheckConstraint(f"subject !~ '[[:cntrl:]]' and {says_something('subject', MAX_SUBJECT)}", name="subject"),
        CheckConstraint(says_something("body", MAX_BODY), name="body"),
        CheckConstraint(is_address("to_address"), name="to_address"),
        CheckConstraint(f"reply_to = '' or {is_address('reply_to')}", name="reply_to"),
        Index("ix_outbox_mail_waiting", "send_after", "id", postgresql_where=text("state in ('queued', 'sending')")),
        Index("ix_outbox_mail_failed", "authority_id", postgresql_where=text("state = 'failed'")),
    )

    id: Mapped[Id]
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    decision_id: Mapped[Number | None] = mapped_column(ForeignKey("office.decision.id"), unique=True)
    to_address: Mapped[str]
    reply_to: Mapped[str] = mapped_column(server_default=text("''"))
    subject: Mapped[str]
    body: Mapped[str]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_by: Mapped[Login]
    created_at: Mapped[Now]
