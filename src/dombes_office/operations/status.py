"""What the foot of the window tells: the outbox and the last backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dombes_office.models.trail import BackupRun
from dombes_office.operations.mail import OutboxCounts, count_outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class OfficeStatus:
    """How the house is: `outbox` is None for an agent who has nothing to do with e-mails."""

    outbox: OutboxCounts | None
    last_backup_at: datetime | None


def read_status(db: Session, *, with_mail: bool) -> OfficeStatus:
    """The state of the outbox in the agent's scope, and when the last backup ended."""
    return OfficeStatus(
        outbox=count_outbox(db) if with_mail else None,
        last_backup_at=db.execute(select(func.max(BackupRun.finished_at))).scalar_one(),
    )
