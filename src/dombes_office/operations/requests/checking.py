"""Keeping what the checks said, and finding the requests whose checks nobody has run yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from dombes_office.models.requests import AccessRequest, RequestCheck
from dombes_office.operations.requests.dossier import checks_as_json
from dombes_office.rules.checks import summary

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dombes_office.rules.requests import CheckResult


def keep_checks(db: Session, request_id: int, version: int, results: tuple[CheckResult, ...]) -> None:
    """Keep the results for one version, unless a newer one has some; the queue shows those of the present version."""
    failures, warnings = summary(results)
    kept = {
        "version": version,
        "failures": failures,
        "warnings": warnings,
        "results": checks_as_json(results),
    }
    arrived = insert(RequestCheck).values(request_id=request_id, **kept)
    db.execute(
        arrived.on_conflict_do_update(
            index_elements=[RequestCheck.request_id], set_=kept, where=RequestCheck.version <= version
        )
    )


def find_unchecked(db: Session, limit: int = 10) -> tuple[int, ...]:
    """Some open requests whose present version has no checks yet, in no particular order.

    The order is left to chance so that several desks that look at once rarely take the same ones.
    """
    r = AccessRequest
    oldest = (
        select(r.id)
        .where(r.status.in_(("pending", "complement_received")), r.check_rank == _UNCHECKED)
        .limit(10 * limit)
        .subquery()
    )
    return tuple(db.execute(select(oldest.c.id).order_by(func.random()).limit(limit)).scalars())


_UNCHECKED = 3
