"""An office to measure on: a server of its own, agents, 37 authorities of very unequal size, many requests."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql

from dombes_office.database import install
from dombes_office.database.embedded import SUPERUSER, EmbeddedServer
from dombes_office.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    Raw = psycopg.Connection[tuple[Any, ...]]

AUTHORITIES = 37
TINY = AUTHORITIES
"""The number of the smallest authority; its few requests are the newest of all."""
TINY_REQUESTS = 10
DECIDED_SHARE = 0.2
"""How many decided requests lie beside each pending one."""

# Invented names, some with accents; each pair of lists gives believable folded words and ties between families.
FAMILIES = (
    "Berthollet,Lefèvre,Œuvrard,Favre,Martin,Guichard,Perréal,Bôle,Chanel,Darmet,Évrard,Nallet,Joly,Mourier,"
    "Poncet,Rognard,Sève,Tissot,Vuillod,Zufferey,Basset,Curtet,Dupupet,Ferrand,Genoud,Hugon,Jacquemet,Lacroix,Morel"
)
CHILDREN = "Manon,Zoé,Léo,Gaëtan,Inès,Noé,Chloé,Théo,Maëlle,Jules,Anaïs,Hugo,Lina,Éloi,Rose,Côme,Agathe,Malo,Jade"

# The n-th pending request belongs to the authority whose share of a harmonic series it falls into: the largest has
# about a quarter of all. Triggers are off here, so every copy that they keep is written by these statements.
FILL = """
create temp table plan as
with sized as (
    select k, sum(1.0 / k) over (order by k) / sum(1.0 / k) over () as upto from generate_series(1, %(last)s - 1) k
), numbered as (
    select n, ((n * 7919) %% %(requests)s)::numeric / %(requests)s as place
      from generate_series(1, %(requests)s::bigint + %(decided)s) n
)
select n, case when n between %(requests)s - %(tiny)s + 1 and %(requests)s then %(last)s
               else (select min(k) from sized where upto > place) end as authority,
       (string_to_array(%(families)s, ','))[1 + (n * 31) %% 29] || case when n %% 3 = 0 then '-' ||
       (string_to_array(%(families)s, ','))[1 + (n * 17) %% 29] else '' end as family,
       (string_to_array(%(children)s, ','))[1 + (n * 13) %% 19] as child,
       n > %(requests)s as decided
  from numbered;
alter table plan add primary key (n);

insert into office.authority (id, kind, name, short_name) overriding system value
select k, case k when 1 then 'community' else 'commune' end, 'Commune de Bourg-en-Étang ' || k, 'Étang ' || k
  from generate_series(1, %(last)s) k;
insert into office.service (id, authority_id, name) overriding system value
select (k - 1) * 3 + s, k, (array['MERCREDIS SPORTIFS', 'SERVICE CANTINE', 'PÉRISCOLAIRE'])[s]
  from generate_series(1, %(last)s) k, generate_series(1, 3) s;
insert into office.document_requirement
       (service_id, authority_id, code, label, kind, needed, sensitivity, validity_months, position)
select s.id, s.authority_id, q.*
  from office.service s,
       (values ('health_form', 'Fiche santé', 'file', 'always', 'health', 12, 1),
               ('iban', 'IBAN', 'iban', 'direct_debit', 'bank', 12, 2),
               ('bic', 'BIC', 'bic', 'direct_debit', 'bank', 12, 3),
               ('mandate', 'Mandat SEPA', 'file', 'direct_debit', 'bank', 12, 4)) q;
insert into office.account (id, email, last_name, first_name) overriding system value
select n, 'famille' || n || '@example.org', family, 'Claire' from plan;
insert into office.household (id, account_id, name) overriding system value select n, n, family from plan;
insert into office.beneficiary (id, household_id, last_name, first_name, born_on, school_level) overriding system value
select n, n, family, child, date '2016-01-01' + (n * 37 %% 3000)::int, 'CE1' from plan;
-- One family of ten is known to the communauté de communes as well.
insert into office.household_authority (household_id, authority_id)
select n, authority from plan union select n, 1 from plan where n %% 10 = 0;
insert into office.household_token (household_id, authority_id, token)
select distinct l.household_id, l.authority_id, w.token
  from office.household_authority l join plan p on p.n = l.household_id,
       lateral regexp_split_to_table(office.fold(concat_ws(' ', p.family, 'Claire', p.child)), ' ') w(token);
insert into office.access_request
       (id, number, household_id, beneficiary_id, service_id, authority_id, status, version, by_debit, submitted_at,
        family_key, pieces_given, pieces_needed, checked_version, check_failures, check_warnings, check_rank)
       overriding system value
select n, '2026-' || n, n, n, (authority - 1) * 3 + 1 + n %% 3, authority,
       case when decided then (array['validated', 'refused', 'awaiting_family'])[1 + n %% 3] else 'pending' end,
       5, true,
       case when authority = %(last)s and not decided then now() - interval '1 day'
            else now() - interval '2 days' - interval '90 days' * ((n * 104729) %% 1000003) / 1000003 end,
       office.fold(family || ' ' || child), 4 - (n %% 11 = 0)::int, 4, 5, (n %% 7 = 0)::int, (n %% 5 = 0)::int,
       case when n %% 7 = 0 then 0 when n %% 5 = 0 then 1 else 2 end
  from plan;
-- Some of them are open on another desk, as during the day.
insert into office.request_opening (request_id, login, authority_id)
select id, 'collegue', authority_id from office.access_request where status = 'pending' order by submitted_at limit 5;
insert into office.staff_member (login, display_name) values ('collegue', 'Une collègue');
drop table plan;
"""


@dataclass
class Office:
    """One database on the server, and the doors to it."""

    server: EmbeddedServer
    name: str
    opened: contextlib.ExitStack

    def raw(self, login: str = SUPERUSER) -> Raw:
        """A plain connection in autocommit."""
        return self.opened.enter_context(contextlib.closing(self.server.connect(login, self.name)))

    def open(self, login: str) -> Database:
        """The application's own way in."""
        target = self.server.target(login, self.name)
        return self.opened.enter_context(Database(target, self.server.password(login)))

    def add_agent(self, login: str, authorities: Sequence[int]) -> None:
        """Let a reviewer of these authorities in; the login belongs to the cluster and may exist already."""
        with self.raw() as admin, admin.transaction():
            known = admin.execute("select from pg_roles where rolname = %s", [login]).fetchone()
            if known is None:
                admin.execute(sql.SQL("create role {} login").format(sql.Identifier(login)))
                admin.execute(sql.SQL("grant office_reviewer to {}").format(sql.Identifier(login)))
            admin.execute(
                "insert into office.staff_member (login, display_name) values (%s, %s)", [login, login.capitalize()]
            )
            admin.execute(
                "insert into office.agent_scope (login, authority_id) select %s, unnest(%s::bigint[])",
                [login, list(authorities)],
            )

    def fill(self, requests: int) -> None:
        """Give it so many pending requests, and some decided ones, by set-based statements without triggers."""
        values: dict[str, object] = {
            "requests": requests,
            "decided": int(requests * DECIDED_SHARE),
            "last": AUTHORITIES,
            "tiny": TINY_REQUESTS,
            "families": FAMILIES,
            "children": CHILDREN,
        }
        with self.raw() as admin:
            with admin.transaction():
                admin.execute("set local session_replication_role = replica")
                for statement in FILL.split(";\n"):
                    if statement.strip():
                        admin.execute(statement.encode(), values)
            admin.execute("vacuum analyze")


@contextlib.contextmanager
def running_server() -> Iterator[EmbeddedServer]:
    """A cluster that lives as long as a measurement, with the settings of a desk's own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with EmbeddedServer(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def installed_office(server: EmbeddedServer, name: str) -> Iterator[Office]:
    """An office without rows; its connections are closed afterwards."""
    server.ensure_database(name)
    with Database(server.target(database=name), server.password()) as database:
        install.initialise(database)
    with contextlib.ExitStack() as opened:
        yield Office(server, name, opened)
