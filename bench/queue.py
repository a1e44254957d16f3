"""The first page of the queue under row security: against bare SQL, and with 100,000 requests against 1,000."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from bench import Figure
from bench._office import AUTHORITIES, TINY, installed_office, running_server
from bench._timing import medians
from dombes_office.operations.requests.queue import count_unfiltered, list_requests
from dombes_office.rules.lists import PAGE_ROWS
from dombes_office.rules.requests import RequestFilter, SortKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench._office import Office
    from dombes_office.database.engine import Database

    Act = Callable[[], object]

MANY, FEW = 100_000, 1_000
ROUNDS = 120
OVER_BARE, OVER_FEW = 3.0, 1.3
FEWER_ROUNDS = 20
WORDS = ("lefev", "lefev zoe", "zzz", "4321")
FIRST = "first page"

SCOPES = {
    "largest": (1,),
    "five": (2, 5, 9, 20, 30),
    "tiny": (TINY,),
    "all": tuple(range(1, AUTHORITIES + 1)),
}
FLAT = "all at once"
"""The same scope where the agent is known to see everything: one order for all authorities."""

COLUMNS = """
select r.id, r.number, r.status, r.version, r.submitted_at, r.household_id, h.name as family_name, b.last_name,
       b.first_name, b.born_on, b.school_level, r.service_id, s.name as service_name, r.authority_id,
       a.short_name as authority_name, r.by_debit, r.pieces_given, r.pieces_needed, r.checked_version,
       r.check_failures, r.check_warnings, r.check_rank, r.family_key,
       (select m.display_name from office.request_opening o join office.staff_member m on m.login = o.login
         where o.request_id = r.id and o.login <> session_user and o.seen_at > now() - interval '15 minutes'
         order by o.opened_at limit 1) as opened_by
"""
JOINS = """
  join office.household h on h.id = r.household_id
  join office.beneficiary b on b.id = r.beneficiary_id
  join office.service s on s.id = r.service_id
  join office.authority a on a.id = r.authority_id
 order by r.submitted_at, r.id
"""
# What somebody would write by hand who knows the indexes: a plain scan, or one short scan for each authority.
ONE = (
    f"{COLUMNS} from (select * from office.access_request where status = 'pending' and authority_id = %s"
    f" order by submitted_at, id limit {PAGE_ROWS}) r {JOINS}"
)
SOME = (
    f"{COLUMNS} from (select each.* from unnest(%s::bigint[]) v(id), lateral (select * from office.access_request"
    " where status = 'pending' and authority_id = v.id"
    f" order by submitted_at, id limit {PAGE_ROWS}) each order by submitted_at, id limit {PAGE_ROWS}) r {JOINS}"
)
ALL = (
    f"{COLUMNS} from (select * from office.access_request where status = 'pending'"
    f" order by submitted_at, id limit {PAGE_ROWS}) r {JOINS}"
)


def agents_of(office: Office) -> dict[str, Database]:
    """One agent for each scope, signed in."""
    desks = {}
    for name, authorities in SCOPES.items():
        office.add_agent(f"agent_{name}", authorities)
        desks[name] = office.open(f"agent_{name}")
    return desks


def bare_pages(office: Office) -> dict[str, Act]:
    """The same rows by hand-written SQL, as the superuser, whom row security does not bind."""
    connection = office.raw()

    def page(statement: str, *values: object) -> Act:
        return lambda: connection.execute(statement.encode(), values).fetchall()

    return {
        "largest": page(ONE, 1),
        "five": page(SOME, list(SCOPES["five"])),
        "tiny": page(ONE, TINY),
        "all": page(ALL),
    }


def office_page(
    desk: Database, wanted: RequestFilter | None = None, *, everything: bool = False, after: int = 0
) -> Act:
    """The first page, or the one after so many, as the desk asks for it: one transaction of the agent."""
    wanted = wanted or RequestFilter()
    cursor = None
    for _ in range(after):
        cursor = desk.transact(partial(list_requests, wanted=wanted, after=cursor, everything=everything)).next_cursor
    action = partial(list_requests, wanted=wanted, after=cursor, everything=everything)
    return lambda: desk.transact(action)


def run() -> list[Figure]:
    """Every scope; then, for the record, later pages, other orders, a name, and the counts of the tabs."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running_server())
        many = stack.enter_context(installed_office(server, "many"))
        few = stack.enter_context(installed_office(server, "few"))
        many.fill(MANY)
        few.fill(FEW)
        desks, desks_few = agents_of(many), agents_of(few)
        return [*first_pages(many, desks, desks_few), *for_the_record(desks)]


def first_pages(many: Office, desks: dict[str, Database], desks_few: dict[str, Database]) -> list[Figure]:
    """The promises: each scope against bare SQL, and against a hundredth of the requests."""
    bare = bare_pages(many)
    acts: dict[tuple[str, str], Act] = {}
    for name in [*SCOPES, FLAT]:
        scope, everything = name.removesuffix(" at once"), name == FLAT
        acts["bare", name] = bare[scope]
        acts["many", name] = office_page(desks[scope], everything=everything)
        acts["few", name] = office_page(desks_few[scope], everything=everything)
    took = medians(acts, ROUNDS)
    return [
        Figure(
            subject=f"first page of {MANY} pending requests, scope: {name}",
            measured=took["many", name],
            against=against,
            baseline=took[other, name],
            budget=budget,
        )
        for name in [*SCOPES, FLAT]
        for other, against, budget in (("bare", "bare SQL", OVER_BARE), ("few", f"{FEW} pending", OVER_FEW))
    ]


def for_the_record(desks: dict[str, Database]) -> list[Figure]:
    """Later pages, the other orders, names and numbers, and the counts of the tabs."""
    figures = []
    for scope in ("largest", "all"):
        everything = scope == "all"
        page = partial(office_page, desks[scope], everything=everything)
        acts: dict[str, Act] = {FIRST: page(), "page 2": page(after=1), "page 40": page(after=40)}
        for sort in SortKey:
            acts[f"by {sort}"] = page(RequestFilter(sort=sort))
            acts[f"by {sort}, downwards"] = page(RequestFilter(sort=sort, descending=True))
        for words in WORDS:
            acts[f"words: {words}"] = page(RequestFilter(words=words))
        acts["counts of the tabs"] = partial(desks[scope].transact, count_unfiltered)
        took = medians(acts, FEWER_ROUNDS)
        figures += [
            Figure(
                subject=f"{name}, scope: {scope}", measured=took[name], against="its first page", baseline=took[FIRST]
            )
            for name in acts
        ]
    return figures
