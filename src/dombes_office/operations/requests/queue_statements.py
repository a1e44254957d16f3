"""The statements of the queue, written once for each shape of a filter; what was typed comes with each execution."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
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
from dombes_office.rules.requests import Outcome, RequestFilter, RequestRow, RequestStatus, SortKey

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Row

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


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a filter is written into a statement. Ids, days and typed words are not: they come with each execution.

    Statements are kept by their shape, so nothing that somebody typed lives longer than its reading.
    """

    status: RequestStatus | None
    services: bool
    authorities: bool
    waiting: bool
    outcome: Outcome | None
    incomplete: bool
    names: int
    numbers: int
    endings: int
    sort: SortKey
    descending: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """Typed words as they are looked for: beginnings of names, whole numbers, and numbers without their year."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    endings: tuple[str, ...]


def shape_of(wanted: RequestFilter) -> Shape:
    """The shape of a filter: equal for filters that differ only in what is bound."""
    words = _words(wanted.words)
    return Shape(
        status=wanted.status,
        services=bool(wanted.service_ids),
        authorities=bool(wanted.authority_ids),
        waiting=wanted.waiting_days is not None,
        outcome=wanted.outcome,
        incomplete=wanted.incomplete,
        names=len(words.names),
        numbers=len(words.numbers),
        endings=len(words.endings),
        sort=wanted.sort,
        descending=wanted.descending,
    )


def values_of(wanted: RequestFilter) -> dict[str, object]:
    """What the statement of the filter's shape is executed with."""
    words = _words(wanted.words)
    values: dict[str, object] = {}
    if wanted.service_ids:
        values["service_ids"] = list(wanted.service_ids)
    if wanted.authority_ids:
        values["authority_ids"] = list(wanted.authority_ids)
    if wanted.waiting_days is not None:
        values["days_before"] = f"{wanted.waiting_days - 1} days"
    for at, name in enumerate(words.names):
        values[f"name_{at}"] = name
        # The first word after all that begin with this one.
        values[f"past_{at}"] = name[:-1] + chr(ord(name[-1]) + 1)
    values |= {f"number_{at}": number for at, number in enumerate(words.numbers)}
    return values | {f"ending_{at}": ending for at, ending in enumerate(words.endings)}


def _words(typed: str) -> _Words:
    """A request number where a word looks like one, otherwise names that begin with it."""
    names: list[str] = []
    numbers: list[str] = []
    endings: list[str] = []
    for word in typed.split():
        number = _NUMBER.match(word)
        if number is None:
            names += tokens(word)
        elif number[1] is None:
            endings.append(number[2].zfill(4))
        else:
            numbers.append(f"{number[1]}-{number[2].zfill(4)}")
    return _Words(tuple(names), tuple(numbers), tuple(endings))


@lru_cache(maxsize=64)
def page_statement(shape: Shape, limit: int, *, flat: bool, further: bool) -> Select[*tuple[Any, ...]]:
    """A page under filters of one shape: written once, for composing a statement takes as long as running it."""
    # The limit is written into the statement: planned for an unknown one, it would be planned anew each time.
    most: ColumnElement[int] = literal(limit, literal_execute=True)
    winners = _flat(shape, most, further=further) if flat else _by_authority(shape, most, further=further)
    page = winners.cte("page")
    return _described(page, _order(shape, page.c))


@lru_cache(maxsize=64)
def count_statement(shape: Shape) -> Select[*tuple[Any, ...]]:
    """How many requests there are in each state, under the other filters."""
    r = AccessRequest
    conditions = _conditions(shape, r.authority_id)
    if shape.authorities:
        conditions.append(r.authority_id == _any_of("authority_ids"))
    return select(r.status, func.count()).where(*conditions).group_by(r.status)


@lru_cache(maxsize=1)
def row_statement() -> Select[*tuple[Any, ...]]:
    """One request by its `id`, whatever its state."""
    page = select(AccessRequest.id).where(AccessRequest.id == bindparam("id", type_=BigInteger)).cte("page")
    return _described(page, ())


def _flat(shape: Shape, most: ColumnElement[int], *, further: bool) -> Select[*tuple[Any, ...]]:
    """One order for all: the rows that it finds are the winners, so they are read whole at once."""
    whole = tuple(AccessRequest.__table__.c)
    return _scan(shape, AccessRequest.authority_id, further=further, columns=whole).limit(most)


def _by_authority(shape: Shape, most: ColumnElement[int], *, further: bool) -> Select[*tuple[Any, ...]]:
    visible = func.unnest(func.office.visible_authorities()).table_valued("id").render_derived(name="visible")
    scan = _scan(shape, visible.c.id, further=further).where(AccessRequest.authority_id == visible.c.id)
    each = scan.limit(most).lateral("each")
    merged = select(each).select_from(visible).join(each, true())
    if shape.authorities:
        merged = merged.where(visible.c.id == _any_of("authority_ids"))
    return merged.order_by(*_order(shape, each.c)).limit(most)


def _scan(
    shape: Shape,
    authority: SQLColumnExpression[int],
    *,
    further: bool,
    columns: tuple[ColumnElement[Any], ...] = (),
) -> Select[*tuple[Any, ...]]:
    """An ordered scan; of an index alone, unless more is asked than the columns that order, which all stand in it."""
    own = AccessRequest.__table__.c
    scan = select(*(columns or (own[name] for name in _SORT_COLUMNS[shape.sort])))
    scan = scan.where(*_conditions(shape, authority))
    if further:
        scan = scan.where(_beyond(shape))
    return scan.order_by(*_order(shape, own))


def _conditions(shape: Shape, authority: SQLColumnExpression[int]) -> list[ColumnElement[bool]]:
    """What a row must be; the authorities that were chosen are left to who calls."""
    r = AccessRequest
    found: list[ColumnElement[bool]] = []
    if shape.status is not None:
        # The state is written into the statement: with a parameter a generic plan could not know how rare it is.
        found.append(r.status == literal(shape.status.value, literal_execute=True))
    if shape.services:
        found.append(r.service_id == _any_of("service_ids"))
    if shape.waiting:
        found.append(r.submitted_at < _midnight_before())
    if shape.outcome is not None:
        found.append(r.check_rank == _RANK_OF_OUTCOME[shape.outcome])
    if shape.incomplete:
        found.append(r.pieces_given < r.pieces_needed)
    found.extend(r.household_id.in_(_households_with(at, authority)) for at in range(shape.names))
    found.extend(r.number == bindparam(f"number_{at}", type_=String) for at in range(shape.numbers))
    found.extend(_numbers_ending(at) for at in range(shape.endings))
    return found


def _midnight_before() -> ColumnElement[Any]:
    """The midnight, on the office's clock, with which the day so many days ago began.

    People count days on the calendar: what arrived late on Monday has waited one day early on Tuesday.
    """
    today = func.date_trunc("day", func.timezone(TIME_ZONE, func.now()))
    return func.timezone(TIME_ZONE, today - cast(bindparam("days_before", type_=String), INTERVAL))


def _numbers_ending(at: int) -> ColumnElement[bool]:
    """A number without its year: that of this year or of one of the nine before, each found by the index."""
    this_year = cast(func.extract("year", func.now()), BigInteger)
    years = func.generate_series(this_year - 9, this_year).table_valued("year").render_derived(name=f"years_{at}")
    numbers = select(func.concat(years.c.year, "-", bindparam(f"ending_{at}", type_=String)))
    return AccessRequest.number == any_(func.array(numbers.scalar_subquery()))


def _households_with(at: int, authority: SQLColumnExpression[int]) -> Select[*tuple[Any, ...]]:
    """Families under a word that begins so: a range of a C collation, for LIKE is not leakproof."""
    t = HouseholdToken
    begins = t.token >= bindparam(f"name_{at}", type_=t.token.type)
    ends = t.token < bindparam(f"past_{at}", type_=t.token.type)
    return select(t.household_id).where(t.authority_id == authority, begins, ends).correlate_except(t)


def _order(shape: Shape, columns: Any) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401 - columns of any source
    by = [columns[name] for name in _SORT_COLUMNS[shape.sort]]
    return tuple(column.desc() if shape.descending else column.asc() for column in by)


def _beyond(shape: Shape) -> ColumnElement[bool]:
    """What lies behind the cursor, whose fields come with each execution."""
    columns = {name: AccessRequest.__table__.c[name] for name in _SORT_COLUMNS[shape.sort]}
    here = tuple_(*columns.values())
    there = tuple_(*(bindparam(_CURSOR_FIELDS[name], type_=column.type) for name, column in columns.items()))
    return here < there if shape.descending else here > there


def sort_value(sort: SortKey, row: Row[Any]) -> Any:  # noqa: ANN401 - one of three column types
    """What the cursor of an order holds of the last row, beside its age and its id."""
    return {
        SortKey.WAITING: row.submitted_at,
        SortKey.FAMILY: row.family_key,
        SortKey.CHECKS: row.check_rank,
    }[sort]


def _any_of(name: str) -> ColumnElement[Any]:
    return any_(cast(bindparam(name), ARRAY(BigInteger)))


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


def request_row(row: Row[Any]) -> RequestRow:
    """A row of a page as everybody else knows it."""
    number_of, number, status, *rest = row[:_ROW_COLUMNS]
    return RequestRow(number_of, number, RequestStatus(status), *rest)
