"""Nothing in the schema stands open: read from PostgreSQL's own catalogue, so that a new table cannot be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.acts import House, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.postgres import Raw

CHECKS = {
    "row security is on, and binds the owner": """
        select c.relname from pg_class c
         where c.relnamespace = 'office'::regnamespace and c.relkind in ('r', 'p')
           and not (c.relrowsecurity and c.relforcerowsecurity)
    """,
    "the owner has a policy of her own": """
        select c.relname from pg_class c
         where c.relnamespace = 'office'::regnamespace and c.relkind in ('r', 'p')
           and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'owner_all'
                              and p.polroles = array['office_owner'::regrole::oid])
    """,
    "the owner owns it": """
        select c.relname from pg_class c
         where c.relnamespace = 'office'::regnamespace and c.relowner <> 'office_owner'::regrole
    """,
    "every change is audited, or the list says why not": """
        select c.relname from pg_class c
         where c.relnamespace = 'office'::regnamespace and c.relkind in ('r', 'p')
           and not exists (select from office.unaudited_tables() u where u.name = c.relname and length(u.reason) > 15)
           and not exists (select from pg_trigger t where t.tgrelid = c.oid
                              and t.tgfoid = 'office.audit_row'::regproc and t.tgenabled = 'O' and t.tgqual is null
                              and t.tgattr = '' and t.tgtype = 1 + 4 + 8 + 16) -- each row; insert, delete, update
    """,
    "the list of what is not audited names tables that exist and are not audited": """
        select u.name from office.unaudited_tables() u
         where not exists (select from pg_class c where c.relnamespace = 'office'::regnamespace and c.relname = u.name)
            or exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid
                        where c.relname = u.name and t.tgfoid = 'office.audit_row'::regproc)
    """,
    "a masked or ignored column exists": """
        select c.relname || '.' || w.name from pg_class c,
               unnest(office.masked_columns(c.relname) || office.ignored_columns(c.relname)) w(name)
         where c.relnamespace = 'office'::regnamespace
           and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = w.name)
    """,
    "PUBLIC changes and locks nothing, PostgreSQL's own relations included": """
        select c.oid::regclass || ' ' || g.privilege_type from pg_class c, aclexplode(c.relacl) g
         where g.grantee = 0 and g.privilege_type <> 'SELECT'
        union
        select c.oid::regclass || '.' || a.attname || ' ' || g.privilege_type
          from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
         where g.grantee = 0 and g.privilege_type <> 'SELECT'
    """,
    "PUBLIC has no right on it": """
        select c.relname from pg_class c, aclexplode(c.relacl) g
         where c.relnamespace = 'office'::regnamespace and g.grantee = 0
        union
        select c.relname || '.' || a.attname
          from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
         where c.relnamespace = 'office'::regnamespace and g.grantee = 0
        union
        select n.nspname from pg_namespace n, aclexplode(n.nspacl) g where n.nspname = 'office' and g.grantee = 0
    """,
    "rights go to groups, never to a person": """
        select c.relname from pg_class c, aclexplode(c.relacl) g join pg_roles r on r.oid = g.grantee
         where c.relnamespace = 'office'::regnamespace and r.rolname !~ '^office_[a-z]+$'
    """,
    "nobody can lock a table against the other desks": """
        select c.relname || ' ' || g.privilege_type from pg_class c, aclexplode(c.relacl) g
         where c.relnamespace = 'office'::regnamespace and c.relkind in ('r', 'p') and g.grantee <> c.relowner
           and g.grantee <> 'office_roles'::regrole and g.privilege_type not in ('SELECT', 'INSERT')
    """,
    "who may write a table is held by a policy that checks what is written": """
        select p.polrelid::regclass || ' ' || p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
         where c.relnamespace = 'office'::regnamespace and p.polcmd in ('a', 'w', '*') and p.polname <> 'owner_all'
           and p.polqual is null and p.polwithcheck is null
    """,
    "a policy for everybody only lets read": """
        select p.polrelid::regclass || ' ' || p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
         where c.relnamespace = 'office'::regnamespace and p.polroles = '{0}' and p.polcmd <> 'r'
    """,
    "a function with its owner's rights pins its search path, temporary tables last": """
        select p.oid::regprocedure from pg_proc p
         where p.pronamespace = 'office'::regnamespace and p.prosecdef
           and not coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
    """,
    "PUBLIC may execute no function": """
        select p.oid::regprocedure from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
         where p.pronamespace = 'office'::regnamespace and g.grantee = 0
    """,
    "no function belongs to a superuser or to a login": """
        select p.oid::regprocedure from pg_proc p join pg_roles r on r.oid = p.proowner
         where p.pronamespace = 'office'::regnamespace
           and (r.rolsuper or r.rolcanlogin or r.rolname not in ('office_owner', 'office_roles'))
    """,
    "what belongs to the keeper of logins is for administrators only": """
        select p.oid::regprocedure from pg_proc p,
               aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
         where p.pronamespace = 'office'::regnamespace and p.proowner = 'office_roles'::regrole
           and g.grantee not in ('office_roles'::regrole, 'office_admin'::regrole)
    """,
    "a view shows what its reader may see": """
        select c.relname from pg_class c
         where c.relnamespace = 'office'::regnamespace and c.relkind = 'v'
           and not coalesce(c.reloptions @> '{security_invoker=true}', false)
    """,
    "no materialised view, foreign table or rule slips past row security": """
        select c.relname from pg_class c where c.relnamespace = 'office'::regnamespace and c.relkind in ('m', 'f')
        union
        select r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
         where c.relnamespace = 'office'::regnamespace and c.relkind <> 'v'
    """,
    "no foreign key leaves the schema": """
        select k.conname from pg_constraint k join pg_class c on c.oid = k.confrelid
         where k.connamespace = 'office'::regnamespace and k.contype = 'f' and c.relnamespace <> k.connamespace
    """,
}
"""What must find nothing: each query names what breaks the rule."""


def broken(raw: Raw) -> dict[str, Sequence[str]]:
    """The rules that do not hold, and who breaks them."""
    found = {rule: [str(row[0]) for row in rows(raw, query)] for rule, query in CHECKS.items()}
    return {rule: names for rule, names in found.items() if names}


def test_every_rule_holds(either: House) -> None:
    assert broken(either.raw()) == {}


NAKED = {
    "create table office.naked (id int)": {
        "row security is on, and binds the owner",
        "the owner has a policy of her own",
        "the owner owns it",
        "every change is audited, or the list says why not",
    },
    "create table office.naked (id int); grant select on office.naked to public": {
        "row security is on, and binds the owner",
        "the owner has a policy of her own",
        "the owner owns it",
        "every change is audited, or the list says why not",
        "PUBLIC has no right on it",
        "rights go to groups, never to a person",  # Its owner is the superuser who made it.
    },
    "alter table office.access_request no force row level security": {"row security is on, and binds the owner"},
    "alter table office.access_request disable trigger audit": {"every change is audited, or the list says why not"},
    "drop trigger audit on office.decision; create trigger audit after insert on office.decision"
    " for each row execute function office.audit_row('id', '', '')": {
        "every change is audited, or the list says why not"
    },
    "drop policy owner_all on office.household": {"the owner has a policy of her own"},
    "grant update on pg_catalog.pg_settings to public": {
        "PUBLIC changes and locks nothing, PostgreSQL's own relations included"
    },
    "grant select (email) on office.account to public": {"PUBLIC has no right on it"},
    "grant delete on office.request_opening to office_reviewer": {"nobody can lock a table against the other desks"},
    "create role somebody; grant select on office.account to somebody": {"rights go to groups, never to a person"},
    "create policy open on office.account for update": {
        "who may write a table is held by a policy that checks what is written",
        "a policy for everybody only lets read",
    },
    "create function office.naked() returns int language sql security definer as 'select 1'": {
        "a function with its owner's rights pins its search path, temporary tables last",
        "PUBLIC may execute no function",
        "no function belongs to a superuser or to a login",
    },
    "alter function office.read_document(bigint) set search_path = office, pg_temp, pg_catalog": {
        "a function with its owner's rights pins its search path, temporary tables last",
    },
    "grant execute on function office.create_agent(text, text, text, text[], bigint[]) to office_reviewer": {
        "what belongs to the keeper of logins is for administrators only",
    },
    "create view office.naked as select 1": {"the owner owns it", "a view shows what its reader may see"},
    "create rule silent as on insert to office.decision do instead nothing": {
        "no materialised view, foreign table or rule slips past row security",
    },
}
"""What a careless migration might write, and the rules that must notice."""


def test_careless_changes_are_noticed(house: House) -> None:
    """The negative control: without it a query that finds nothing might be a query that looks nowhere."""
    raw = house.raw()
    for statement, rules in NAKED.items():
        with raw.transaction(force_rollback=True):
            raw.execute(statement.encode())
            assert broken(raw).keys() == rules, statement
