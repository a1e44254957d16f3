"""The queue of requests: pages in one of three orders, counts for the tabs, and the choices of the filters."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from dombes_office.models.catalogue import Authority, Service
from dombes_office.operations.requests.queue_statements import (
    count_statement,
    page_statement,
    request_row,
    row_statement,
    shape_of,
    sort_value,
    values_of,
)
from dombes_office.rules.lists import PAGE_ROWS
from dombes_office.rules.requests import (
    Cursor,
    QueueChoices,
    RequestFilter,
    RequestPage,
    RequestRow,
    RequestStatus,
    SortKey,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def list_requests(
    db: Session,
    wanted: RequestFilter,
    after: Cursor | None = None,
    *,
    limit: int = PAGE_ROWS,
    everything: bool = False,
) -> RequestPage:
    """The next `limit` rows of the queue after a cursor, in the wanted order.

    One short ordered scan for each visible authority, then the winners are joined: filtering one global order would
    make a small commune wait for the requests of all others. `everything` says that the agent's scope is (nearly)
    every authority: the flat order is then the faster one.
    """
    flat = everything and wanted.sort is SortKey.WAITING and not wanted.authority_ids
    statement = page_statement(shape_of(wanted), limit, flat=flat, further=after is not None)
    here = {} if after is None else asdict(after)
    # Rows of the connection itself: the session's own execute would look for objects to track.
    rows = db.connection().execute(statement, values_of(wanted) | here).all()
    cursor = None
    if len(rows) == limit:
        last = rows[-1]
        cursor = Cursor(sort_value(wanted.sort, last), last.submitted_at, last.id)
    return RequestPage(tuple(map(request_row, rows)), cursor)


def read_request(db: Session, request_id: int) -> RequestRow | None:
    """One line of the queue, whatever its state; None outside the agent's scope."""
    row = db.connection().execute(row_statement(), {"id": request_id}).one_or_none()
    return None if row is None else request_row(row)


def count_by_status(db: Session, wanted: RequestFilter) -> dict[RequestStatus, int]:
    """How many requests each tab holds under the other filters; a state without a request counts 0."""
    rows = db.connection().execute(count_statement(shape_of(replace(wanted, status=None))), values_of(wanted))
    counts = {RequestStatus(status): count for status, count in rows}
    return {status: counts.get(status, 0) for status in RequestStatus}


def count_unfiltered(db: Session) -> dict[RequestStatus, int]:
    """How many requests the agent's scope holds in each state: what the tabs and the navigation show."""
    return count_by_status(db, RequestFilter())


def read_choices(db: Session) -> QueueChoices:
    """The services and authorities that the filters offer."""
    services = db.execute(select(Service.id, Service.name).order_by(Service.name, Service.id))
    authorities = db.execute(
        select(Authority.id, Authority.short_name).order_by(Authority.kind.desc(), Authority.short_name)
    )
    return QueueChoices(tuple(map(tuple, services)), tuple(map(tuple, authorities)))  # type: ignore[arg-type] # pairs
