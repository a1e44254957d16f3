"""Fills an empty office with the demonstration: places, agents, families, requests with real files, decisions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dombes_office.demo.checked import check_all
from dombes_office.demo.copying import copy_rows, set_sequence
from dombes_office.demo.decided import decide_all
from dombes_office.demo.people import families
from dombes_office.demo.pieces import PieceMaker
from dombes_office.demo.places import COMMUNES, COMMUNITY, PLACES
from dombes_office.demo.plan import Size, plan_requests
from dombes_office.demo.requests import CatalogueIds, write_decisions, write_documents, write_requests
from dombes_office.demo.requirements import REQUIREMENTS
from dombes_office.demo.staff import AGENTS, COMMUNITY_ONLY, EVERYWHERE
from dombes_office.demo.uploads import photo_of
from dombes_office.errors import NotAllowed, Refusal
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from dombes_office.demo.people import Child, Family

Connection = psycopg.Connection[Any]
Row = tuple[Any, ...]

_TABLES_WITH_ID = (
    "authority", "service", "document_requirement", "customer_group", "account", "household", "beneficiary",
    "access_request", "supporting_document", "decision", "document_verdict", "outbox_mail", "reading",
)  # fmt: skip
_ACCOUNTS_OPENED_DAYS = 460
"""So long ago: before the oldest request."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was written."""

    families: int
    children: int
    requests: int
    waiting: int
    documents: int
    files: int


def load(connection: Connection, *, size: Size, seed: int, today: date, say: Callable[[str], None]) -> LoadReport:
    """Fill the office behind a superuser's connection, in one transaction.

    `size` is one of `plan.SIZES`; the same size, seed and day always give the same rows. `say` is told in French how
    far it is.

    Raises:
        NotAllowed: the login is no superuser.
        Refusal: the office already has families, which are not to be mixed with invented ones.
    """
    with connection.transaction():
        _check_fit(connection)
        _rest(connection, asleep=True)
        report = _fill(connection, size, seed, today, say)
        _rest(connection, asleep=False)
    say("Statistiques…")
    connection.execute("analyze")
    return report


def _check_fit(connection: Connection) -> None:
    login = connection.execute("select rolsuper from pg_roles where rolname = session_user").fetchone()
    if login is None or not login[0]:
        raise NotAllowed(
            "Remplir une base demande un superutilisateur de PostgreSQL.",
            "Connectez-vous avec le compte d’administration du serveur, par exemple «\u00a0postgres\u00a0».",
        )
    found = connection.execute("select exists (select from office.account) or exists (select from office.authority)")
    row = found.fetchone()
    if row is not None and row[0]:
        raise Refusal(
            "Cette base contient déjà des familles ou des collectivités\u00a0: rien n’y a été ajouté.",
            "Choisissez une base neuve pour la démonstration.",
        )


def _rest(connection: Connection, *, asleep: bool) -> None:
    """Put the triggers to sleep while rows are written that would obey them, or wake them."""
    tables = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = 'office'::regnamespace and c.relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(
            sql.SQL("alter table office.{} {} trigger user").format(
                sql.Identifier(table), sql.SQL("disable" if asleep else "enable")
            )
        )


def _fill(connection: Connection, size: Size, seed: int, today: date, say: Callable[[str], None]) -> LoadReport:
    say("Collectivités, services et agents…")
    opened_at = datetime(today.year, today.month, today.day, 8, tzinfo=UTC) - timedelta(days=_ACCOUNTS_OPENED_DAYS)
    ids = _write_catalogue(connection)
    _write_agents(connection, opened_at)
    say("Familles…")
    everybody = families(seed, size.families, today)
    photos = {child: photo for family in everybody for child in family.children if (photo := photo_of(child))}
    files = _write_files(connection, {hashlib.sha256(photo).digest(): photo for photo in photos.values()}, opened_at)
    children = _write_families(connection, everybody, opened_at)
    planned = plan_requests(everybody, size, PLACES, seed, today)
    say("Pièces justificatives…")
    maker = PieceMaker(everybody, seed, today)
    given = [maker.pieces(request) for request in planned]
    files += _write_files(connection, maker.files(), opened_at)
    say("Demandes…")
    write_requests(connection, planned, given, check_all(planned, given, everybody, today), everybody, children, ids)
    documents = write_documents(connection, planned, given, ids)
    say("Décisions et courriels…")
    write_decisions(connection, decide_all(planned, given, everybody, seed), ids, planned)
    say("Index de recherche…")
    _write_links(connection)
    for table in _TABLES_WITH_ID:
        set_sequence(connection, table)
    waiting = sum(request.status is RequestStatus.PENDING for request in planned)
    return LoadReport(len(everybody), len(children), len(planned), waiting, documents, files)


def _write_catalogue(connection: Connection) -> CatalogueIds:
    copy_rows(
        connection,
        "authority",
        {"id": "int8", "kind": "text", "name": "text", "short_name": "text", "postcode": "text", "email": "text",
         "phone": "text", "creditor_id": "text"},
        ((n, p.kind, p.name, p.short_name, p.postcode, p.email, p.phone, p.creditor_id)
         for n, p in enumerate(PLACES, 1)),
    )  # fmt: skip
    services: dict[tuple[int, int], int] = {}
    rows: list[Row] = []
    for place, where in enumerate(PLACES):
        for position, offer in enumerate(where.services):
            services[place, position] = len(rows) + 1
            rows.append((len(rows) + 1, place + 1, offer.name, offer.min_age, offer.max_age))
    copy_rows(
        connection, "service",
        {"id": "int8", "authority_id": "int8", "name": "text", "min_age": "int4", "max_age": "int4"}, rows,
    )  # fmt: skip
    requirements: dict[tuple[int, str], int] = {}
    asked: list[Row] = []
    for (place, _), service in services.items():
        for position, r in enumerate(REQUIREMENTS):
            requirements[service, r.code] = len(asked) + 1
            asked.append(
                (len(asked) + 1, service, place + 1, r.code, r.label, r.kind, r.needed, r.sensitivity, 12, position)
            )
    copy_rows(
        connection,
        "document_requirement",
        {"id": "int8", "service_id": "int8", "authority_id": "int8", "code": "text", "label": "text", "kind": "text",
         "needed": "text", "sensitivity": "text", "validity_months": "int4", "position": "int4"},
        asked,
    )  # fmt: skip
    copy_rows(connection, "customer_group", {"id": "int8", "name": "text"}, [(1, "Client")])
    return CatalogueIds(services, requirements)


def _write_agents(connection: Connection, since: datetime) -> None:
    """The agents' logins belong to the whole server: one that is there already is used as it is."""
    for agent in AGENTS:
        name = sql.Identifier(agent.login)
        known = connection.execute("select from pg_roles where rolname = %s", [agent.login]).fetchone()
        if known is None:
            connection.execute(sql.SQL("create role {} login").format(name))
        for group in agent.groups:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), name))
        connection.execute(
            "insert into office.staff_member (login, display_name, created_at) values (%s, %s, %s)",
            [agent.login, agent.display_name, since],
        )
        scope = {
            EVERYWHERE: range(1, len(PLACES) + 1),
            COMMUNITY_ONLY: [PLACES.index(COMMUNITY) + 1],
        }.get(agent.scope, [PLACES.index(COMMUNES[0]) + 1])
        connection.cursor().executemany(
            "insert into office.agent_scope (login, authority_id) values (%s, %s)",
            [(agent.login, authority) for authority in scope],
        )


def _write_families(
    connection: Connection, everybody: Sequence[Family], opened_at: datetime
) -> dict[tuple[int, int], int]:
    """Accounts and households share their number; the children's ids by (family, position)."""
    copy_rows(
        connection,
        "account",
        {"id": "int8", "email": "text", "last_name": "text", "first_name": "text", "phone": "text", "address": "text",
         "postcode": "text", "town": "text", "created_at": "timestamptz"},
        ((n, f.holder.email, f.holder.last_name, f.holder.first_name, f.holder.phone, f.address, f.postcode, f.town,
          opened_at) for n, f in enumerate(everybody, 1)),
    )  # fmt: skip
    copy_rows(
        connection,
        "household",
        {"id": "int8", "account_id": "int8", "name": "text", "created_at": "timestamptz"},
        ((n, n, f.name, opened_at) for n, f in enumerate(everybody, 1)),
    )
    children: dict[tuple[int, int], int] = {}
    rows: list[Row] = []
    for number, family in enumerate(everybody):
        for position, child in enumerate(family.children):
            children[number, position] = len(rows) + 1
            rows.append((len(rows) + 1, number + 1, *_child(child), opened_at))
    copy_rows(
        connection,
        "beneficiary",
        {"id": "int8", "household_id": "int8", "last_name": "text", "first_name": "text", "born_on": "date",
         "relationship": "text", "school_level": "text", "care_note": "text", "customer_group_id": "int8",
         "photo_sha256": "bytea", "created_at": "timestamptz"},
        rows,
    )  # fmt: skip
    return children


def _child(child: Child) -> Row:
    photo = photo_of(child)
    return (
        child.last_name, child.first_name, child.born_on, child.relationship, child.school_level, child.care_note, 1,
        None if photo is None else hashlib.sha256(photo).digest(),
    )  # fmt: skip


def _write_files(connection: Connection, files: Mapping[bytes, bytes], sent_at: datetime) -> int:
    """Each content once, under its SHA-256."""
    columns = {"sha256": "bytea", "content": "bytea", "created_at": "timestamptz"}
    return copy_rows(connection, "file_content", columns, ((key, files[key], sent_at) for key in files))


def _write_links(connection: Connection) -> None:
    """What the triggers would have derived: which authority knows which family, and the words to find it under."""
    connection.execute(
        "insert into office.household_child (household_id, beneficiary_id, since)"
        " select household_id, id, created_at from office.beneficiary"
    )
    connection.execute(
        "insert into office.household_authority (household_id, authority_id)"
        " select distinct household_id, authority_id from office.access_request"
    )
    connection.execute("select office.index_households(array(select h.id from office.household h))")
    connection.execute(
        "select setval('office.request_number', coalesce(max(split_part(number, '-', 2)::int), 1)) from"
        " office.access_request"
    )
