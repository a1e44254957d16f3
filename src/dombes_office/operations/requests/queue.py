"""The queue of requests: pages in one of three orders, counts for the tabs, and the choices of the filters."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, distinct_on

from dombes_office.models.catalogue import Authority, Service
from dombes_office.models.households import Beneficiary, Household, HouseholdToken
from dombes_office.models.requests import AccessRequest, RequestOpening
from dombes_office.models.staff import StaffMember
from dombes_office.rules.french import TIME_ZONE
from dombes_office.rules.names import tokens
from dombes_office.rules.requests import (
    Cursor,
    Outcome,
    QueueChoices,
    RequestFilter,
    RequestPage,
    RequestRow,
    RequestStatus,
    SortKey,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import FromClause, Row
    from sqlalchemy.orm import Session

PAGE_ROWS = 50
OPENING_LIFETIME = "15 minutes"
"""How long a desk that fell silent still counts as having a request open."""

_RANK_OF_OUTCOME = {Outcome.FAIL: 0, Outcome.VERIFY: 1, Outcome.PASS: 2}
_ROW_COLUMNS = len(fields(RequestRow))
_SORT_COLUMNS = {
    SortKey.WAITING: ("submitted_at", "id"),
    SortKey.FAMILY: ("family_key", "id"),
    SortKey.CHECKS: ("check_rank", "submitted_at", "id"),
}
_CURSOR_FIELDS = {"submitted_at": "submitted_at", "id": "request_id", "family_key": "value", "check_rank": "value"}
_NUMBER = re.compile(r"(?:([0-9]{4})-)?([0-9]{1,9})\Z")


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
    statement = _page_statement(wanted, limit, flat=flat, further=after is not None)
    here = {} if after is None else asdict(after)
    # Rows of the connection itself: the session's own execute would look for objects to track.
    rows = db.connection().execute(statement, here).all()
    cursor = None
    if len(rows) == limit:
        last = rows[-1]
        cursor = Cursor(_sort_value(wanted.sort, last), last.submitted_at, last.id)
    return RequestPage(tuple(map(_row, rows)), cursor)


def read_request(db: Session, request_id: int) -> RequestRow | None:
    """One line of the queue, whatever its state; None outside the agent's scope."""
    row = db.connection().execute(_row_statement(), {"id": request_id}).one_or_none()
    return None if row is None else _row(row)


def count_by_status(db: Session, wanted: RequestFilter) -> dict[RequestStatus, int]:
    """How many requests each tab holds under the other filters; a state without a request counts 0."""
    counted = (
        select(AccessRequest.status, func.count())
        .where(*_conditions(wanted, AccessRequest.authority_id, with_status=False))
        .group_by(AccessRequest.status)
    )
    counts = {RequestStatus(status): count for status, count in db.execute(counted)}
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


@lru_cache(maxsize=64)
def _page_statement(wanted: RequestFilter, limit: int, *, flat: bool, further: bool) -> Select[*tuple[Any, ...]]:
    """A page under one filter: written once, for composing a statement takes as long as running it."""
    # The limit is written into the statement: planned for an unknown one, it would be planned anew each time.
    most: ColumnElement[int] = literal(limit, literal_execute=True)
    winners = _flat(wanted, most, further=further) if flat else _by_authority(wanted, most, further=further)
    page = winners.cte("page")
    return _described(page, _order(wanted, page.c))


@lru_cache(maxsize=1)
def _row_statement() -> Select[*tuple[Any, ...]]:
    page = select(AccessRequest.id).where(AccessRequest.id == bindparam("id", type_=BigInteger)).cte("page")
    return _described(page, ())


def _flat(wanted: RequestFilter, most: ColumnElement[int], *, further: bool) -> Select[*tuple[Any, ...]]:
    """One order for all: the rows that it finds are the winners, so they are read whole at once."""
    whole = tuple(AccessRequest.__table__.c)
    return _scan(wanted, AccessRequest.authority_id, further=further, columns=whole).limit(most)


def _by_authority(wanted: RequestFilter, most: ColumnElement[int], *, further: bool) -> Select[*tuple[Any, ...]]:
    visible = func.unnest(func.office.visible_authorities()).table_valued("id").render_derived(name="visible")
    scan = _scan(wanted, visible.c.id, further=further).where(AccessRequest.authority_id == visible.c.id)
    each = scan.limit(most).lateral("each")
    merged = select(each).select_from(visible).join(each, true())
    if wanted.authority_ids:
        merged = merged.where(visible.c.id == _any_of("authority_ids", wanted.authority_ids))
    return merged.order_by(*_order(wanted, each.c)).limit(most)


def _scan(
    wanted: RequestFilter,
    authority: SQLColumnExpression[int],
    *,
    further: bool,
    columns: tuple[ColumnElement[Any], ...] = (),
) -> Select[*tuple[Any, ...]]:
    """An ordered scan; of an index alone, unless more is asked than the columns that order, which all stand in it."""
    own = AccessRequest.__table__.c
    scan = select(*(columns or (own[name] for name in _SORT_COLUMNS[wanted.sort])))
    scan = scan.where(*_conditions(wanted, authority))
    if further:
        scan = scan.where(_beyond(wanted))
    return scan.order_by(*_order(wanted, own))


def _conditions(
    wanted: RequestFilter, authority: SQLColumnExpression[int], *, with_status: bool = True
) -> list[ColumnElement[bool]]:
    r = AccessRequest
    found: list[ColumnElement[bool]] = []
    if with_status and wanted.status is not None:
        # The state is written into the statement: with a parameter a generic plan could not know how rare it is.
        found.append(r.status == literal(wanted.status.value, literal_execute=True))
    if wanted.service_ids:
        found.append(r.service_id == _any_of("service_ids", wanted.service_ids))
    if not with_status and wanted.authority_ids:
        found.append(r.authority_id == _any_of("authority_ids", wanted.authority_ids))
    if wanted.waiting_days is not None:
        found.append(r.submitted_at < _midnight_before(wanted.waiting_days - 1))
    if wanted.outcome is not None:
        found.append(r.check_rank == _RANK_OF_OUTCOME[wanted.outcome])
    if wanted.incomplete:
        found.append(r.pieces_given < r.pieces_needed)
    found.extend(_word_condition(word, authority) for word in wanted.words.split())
    return found


def _midnight_before(days: int) -> ColumnElement[Any]:
    """The midnight, on the office's clock, with which the day so many days ago began.

    People count days on the calendar: what arrived late on Monday has waited one day early on Tuesday.
    """
    today = func.date_trunc("day", func.timezone(TIME_ZONE, func.now()))
    return func.timezone(TIME_ZONE, today - cast(literal(f"{days} days"), INTERVAL))


def _word_condition(word: str, authority: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """A request number where the word looks like one, otherwise a name that begins with the word."""
    number = _NUMBER.match(word)
    if number is not None:
        year, digits = number.groups()
        if year is not None:
            return AccessRequest.number == f"{year}-{digits.zfill(4)}"
        this_year = cast(func.extract("year", func.now()), BigInteger)
        years = func.generate_series(this_year - 9, this_year).table_valued("year").render_derived(name="years")
        numbers = select(func.concat(years.c.year, "-", digits.zfill(4)))
        return AccessRequest.number == any_(func.array(numbers.scalar_subquery()))
    households = [_households_with(token, authority) for token in tokens(word)]
    matched: ColumnElement[bool] = true()
    for named in households:
        matched = matched & AccessRequest.household_id.in_(named)
    return matched


def _households_with(token: str, authority: SQLColumnExpression[int]) -> Select[*tuple[Any, ...]]:
    """Families under a word that begins so: a range of a C collation, for LIKE is not leakproof."""
    t = HouseholdToken
    after = token[:-1] + chr(ord(token[-1]) + 1)
    named = select(t.household_id).where(t.authority_id == authority, t.token >= token, t.token < after)
    return named.correlate_except(t)


def _order(wanted: RequestFilter, columns: Any) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401 - columns of any source
    by = [columns[name] for name in _SORT_COLUMNS[wanted.sort]]
    return tuple(column.desc() if wanted.descending else column.asc() for column in by)


def _beyond(wanted: RequestFilter) -> ColumnElement[bool]:
    """What lies behind the cursor, whose fields come with each execution."""
    columns = {name: AccessRequest.__table__.c[name] for name in _SORT_COLUMNS[wanted.sort]}
    here = tuple_(*columns.values())
    there = tuple_(*(bindparam(_CURSOR_FIELDS[name], type_=column.type) for name, column in columns.items()))
    return here < there if wanted.descending else here > there


def _sort_value(sort: SortKey, row: Row[Any]) -> Any:  # noqa: ANN401 - one of three column types
    return {
        SortKey.WAITING: row.submitted_at,
        SortKey.FAMILY: row.family_key,
        SortKey.CHECKS: row.check_rank,
    }[sort]


def _any_of(name: str, ids: Sequence[int]) -> ColumnElement[Any]:
    return any_(cast(bindparam(name, list(ids), unique=True), ARRAY(BigInteger)))


def _described(page: FromClause, order: tuple[ColumnElement[Any], ...]) -> Select[*tuple[Any, ...]]:
    """The winners with the words that a person reads; the columns are those of `RequestRow`, then what sorts."""
    requests = AccessRequest.__table__
    whole = len(page.c) == len(requests.c)
    r = page.c if whole else requests.c
    source = page if whole else page.join(requests, requests.c.id == page.c.id)
    opened = _opened(page)
    checked = r.checked_version == r.version
    return (
        select(
            r.id,
            r.number,
            r.status,
            r.version,
            r.submitted_at,
            r.household_id,
            Household.name,
            Beneficiary.last_name,
            Beneficiary.first_name,
            Beneficiary.born_on,
            Beneficiary.school_level,
            r.service_id,
            Service.name,
            r.authority_id,
            Authority.short_name,
            r.by_debit,
            r.pieces_given,
            r.pieces_needed,
            case((checked, r.check_failures)),
            case((checked, r.check_warnings)),
            opened.c.display_name,
            r.check_rank,
            r.family_key,
        )
        .select_from(source)
        .join(Household, Household.id == r.household_id)
        .join(Beneficiary, Beneficiary.id == r.beneficiary_id)
        .join(Service, Service.id == r.service_id)
        .join(Authority, Authority.id == r.authority_id)
        .outerjoin(opened, opened.c.request_id == r.id)
        .order_by(*order)
    )


def _opened(page: FromClause) -> FromClause:
    """Which of them another agent has open, and who came first: looked for once, not once for each row."""
    o = RequestOpening
    return (
        select(o.request_id, StaffMember.display_name)
        .join(page, page.c.id == o.request_id)
        .join(StaffMember, StaffMember.login == o.login)
        .where(
            o.login != text("session_user"),
            o.seen_at > func.now() - text(f"interval '{OPENING_LIFETIME}'"),
        )
        .ext(distinct_on(o.request_id))
        .order_by(o.request_id, o.opened_at)
        .cte("opened")
        .prefix_with("materialized")
    )


def _row(row: Row[Any]) -> RequestRow:
    number_of, number, status, *rest = row[:_ROW_COLUMNS]
    return RequestRow(number_of, number, RequestStatus(status), *rest)
