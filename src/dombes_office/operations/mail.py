"""Delivering the outbox: claiming an e-mail for a while, and writing down what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, update

from dombes_office.models.catalogue import Authority
from dombes_office.models.mail import OutboxMail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 10
"""The last one comes some 17 hours after the first: a server that is full overnight loses no e-mail."""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One e-mail that this mailer has claimed."""

    mail_id: int
    to_address: str
    reply_to: str
    from_name: str
    subject: str
    body: str
    message_id: str
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """What the status bar tells of the outbox."""

    waiting: int
    failed: int


def _may_leave() -> ColumnElement[bool]:
    """E-mails whose time has come, and those whose mailer fell silent."""
    m = OutboxMail
    now = func.clock_timestamp()
    return or_(
        and_(m.state == "queued", m.send_after <= now),
        and_(m.state == "sending", m.leased_until < now),
    )


def mail_waits(db: Session) -> bool:
    """Whether an e-mail may leave now."""
    return db.execute(select(OutboxMail.id).where(_may_leave()).limit(1)).first() is not None


def claim_mail(db: Session, worker: str) -> MailRow | None:
    """Claim the e-mail that has waited longest and may leave now, or one whose mailer fell silent; None if none."""
    m = OutboxMail
    next_one = (
        select(m.id)
        .where(_may_leave())
        .order_by(m.send_after, m.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = db.execute(
        update(m)
        .where(m.id == next_one)
        .values(
            state="sending",
            leased_by=worker,
            leased_until=func.clock_timestamp() + LEASE,
            attempts=m.attempts + 1,
        )
        .returning(m.id)
    ).scalar_one_or_none()
    if claimed is None:
        return None
    row = db.execute(
        select(m, Authority.name).join(Authority, Authority.id == m.authority_id).where(m.id == claimed)
    ).one()
    mail: OutboxMail = row[0]
    return MailRow(
        mail_id=mail.id,
        to_address=mail.to_address,
        reply_to=mail.reply_to,
        from_name=row[1],
        subject=mail.subject,
        body=mail.body,
        message_id=mail.message_id,
        created_at=mail.created_at,
        attempts=mail.attempts,
    )


def mark_sent(db: Session, mail_id: int, worker: str) -> None:
    """The server has taken the e-mail."""
    _settle(db, mail_id, worker, state="sent", sent_at=func.clock_timestamp(), last_error=None)


def mark_refused(db: Session, mail_id: int, worker: str, error: str) -> None:
    """The server refuses this e-mail for good, for example because the address does not exist."""
    _settle(db, mail_id, worker, state="failed", last_error=error)


def give_back(db: Session, mail_id: int, worker: str) -> None:
    """The e-mail is not to blame for what went wrong: any mailer may take it again, and no attempt is counted."""
    _settle(db, mail_id, worker, state="queued", attempts=OutboxMail.attempts - 1)


def postpone(db: Session, mail_id: int, worker: str, error: str, attempts: int) -> None:
    """Try again later, each time twice as late; after the last attempt the e-mail counts as failed."""
    if attempts >= MAX_ATTEMPTS:
        mark_refused(db, mail_id, worker, error)
        return
    later = func.clock_timestamp() + timedelta(minutes=2**attempts)
    _settle(db, mail_id, worker, state="queued", send_after=later, last_error=error)


def _settle(db: Session, mail_id: int, worker: str, **values: object) -> None:
    """Only the mailer that holds the lease may speak for the e-mail."""
    m = OutboxMail
    db.execute(
        update(m)
        .where(m.id == mail_id, m.state == "sending", m.leased_by == worker)
        .values(leased_by=None, leased_until=None, **values)
    )


def retry_mail(db: Session, mail_id: int) -> None:
    """Have an e-mail that could not be delivered tried again, to the address that the family has now.

    Raises:
        NotFound: no such e-mail in the agent's scope.
        ChangedMeanwhile: it has not failed, or tries again already.
        NotAllowed: the agent belongs neither to reception nor to the reviewers nor to the administrators.
    """
    db.execute(select(func.office.retry_mail(mail_id)))


def count_outbox(db: Session) -> OutboxCounts:
    """How many e-mails of the agent's scope wait, and how many could not be delivered."""
    m = OutboxMail
    waiting, failed = db.execute(
        select(
            select(func.count()).select_from(m).where(m.state.in_(("queued", "sending"))).scalar_subquery(),
            select(func.count()).select_from(m).where(m.state == "failed").scalar_subquery(),
        )
    ).one()
    return OutboxCounts(waiting, failed)
