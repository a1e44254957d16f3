"""What an agent with psql and bad intentions tries: becoming somebody else, shadowing names, switching guards off."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.database.acts import ALLOWED, NO_RIGHT, answer, decide, one, refusal, rows, version_of

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import Raw

GROUPS = ["reception", "reviewer", "planner", "animator", "finance", "admin", "mailer", "portal"]

FORBIDDEN = {
    "become the owner": "set role office_owner",
    "become the keeper of logins": "set role office_roles",
    "become another group": "set role office_portal_x",
    "become the superuser": "set role postgres",
    "be the superuser": "set session authorization postgres",
    "write under another login": "set session authorization office_owner",
    "switch triggers off": "set session_replication_role = replica",
    "switch one table's triggers off": "alter table office.decision disable trigger all",
    "switch row security off": "alter table office.access_request disable row level security",
    "own a table": "alter table office.access_request owner to current_user",
    "write a policy": "create policy mine on office.access_request using (true)",
    "write a trigger": "create trigger mine before insert on office.decision execute function office.announce()",
    "drop a guard": "drop trigger enter on office.decision",
    "replace a guard": "create or replace function office.undo_delay() returns interval language sql as 'select null'",
    "make a function": "create function office.mine() returns int language sql as 'select 1'",
    "make a function elsewhere": "create function public.mine() returns int language sql as 'select 1'",
    "make a temporary function": "create function pg_temp.mine() returns int language sql as 'select 1'",
    "make a temporary table": "create temporary table agent_scope (login text, authority_id bigint)",
    "make a table": "create table public.mine (id int)",
    "make a schema": "create schema mine",
    "make a view": "create view public.mine as select 1",
    "write a block of code": "do $$ begin perform 1; end $$",
    "give herself a group": "grant office_admin to current_user",
    "give herself the server's files": "grant pg_read_server_files to current_user",
    "make a login": "create role intruse login",
    "become able to make logins": "alter role current_user createrole",
    "bypass row security": "alter role current_user bypassrls",
    "change a colleague's password": "alter role office_owner password 'x'",
    "read the passwords": "select rolpassword from pg_authid",
    "read the server's files": "select pg_read_file('postgresql.conf')",
    "list the server's files": "select pg_ls_dir('.')",
    "write a file of the server": "copy (select 1) to '/tmp/mine'",
    "run a program of the server": "copy (select 1) to program 'true'",
    "read a file into a table": "copy office.reading (request_id) from '/etc/passwd'",
    "import a file as a large object": "select lo_import('/etc/passwd')",
    "make a large object": "select lo_create(0)",
    "make a large object, otherwise": "select lo_from_bytea(0, 'x')",
    "make a large object, the old way": "select lo_creat(-1)",
    "fill the log of changes": "select pg_logical_emit_message(false, 'x', 'x')",
    "fill the log of changes with bytes": "select pg_logical_emit_message(true, 'x', 'x'::bytea)",
    "load code": "load '/tmp/mine.so'",
    "add an extension": "create extension plpgsql_check",
    "stop a colleague's session": "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
    "change the server's settings": "alter system set log_statement = 'all'",
    "change the database's settings": "alter database postgres set search_path = pg_temp",
    "read the key of the masks": "select secret from office.audit_secret",
    "write a number of her choice": "select setval('office.request_number', 1)",
    "index a family": "select office.index_households(array[1])",
    "note an event": "select office.note_agent('x', 'y', null, null)",
    "mask a value, to guess it": "select office.masked('beneficiary/care_note/1', 'x')",
    "subscribe to everything": "create publication mine for all tables",
    "listen to the log": "select pg_create_logical_replication_slot('mine', 'test_decoding')",
    "comment on a table": "comment on table office.decision is 'x'",
    "empty a table": "truncate office.request_opening",
}

# Other answers than 42501: the name does not exist for her, the statement is not for tables with row security, ...
OTHERWISE = {
    "become another group": {"22023"},
    "read a file into a table": {NO_RIGHT, "0A000"},
    "add an extension": {NO_RIGHT, "0A000", "58P01"},
    "load code": {NO_RIGHT, "58P01"},
    "subscribe to everything": {NO_RIGHT},
    "make a temporary function": {NO_RIGHT, "3F000"},
}


def test_nothing_that_is_forbidden_is_obeyed(either: House) -> None:
    for group in GROUPS:
        agent = either.as_(group)
        answers = {attempt: answer(agent, statement) for attempt, statement in FORBIDDEN.items()}
        wrong = {a: code for a, code in answers.items() if code not in OTHERWISE.get(a, {NO_RIGHT})}
        assert wrong == {}, group
        assert one(agent, "select session_user::text") == either.agent(group)


def test_identity_survives_what_an_agent_can_set(house: House) -> None:
    """A group may be put on as a role; the login stays, and no setting opens anything."""
    house.office.add_request()
    stranger = house.as_("reviewer", house.elsewhere)
    for statement in (
        "set role office_reviewer",
        f"set office.scope = '{{{house.office.authority_id}}}'",
        "set office.login = 'postgres'",
        "set search_path = office, pg_temp, public",
        "set row_security = on",
        "set application_name = 'postgres'",
        "set transaction_read_only = off",
    ):
        stranger.execute(statement.encode())
        assert one(stranger, "select session_user::text") == house.agent("reviewer", house.elsewhere)
        assert one(stranger, "select count(*) from office.access_request") == 0, statement
    stranger.execute("set row_security = off")
    assert answer(stranger, "select count(*) from office.access_request") == NO_RIGHT


def test_a_group_put_on_does_not_take_a_colleague_s_name(house: House) -> None:
    given, reviewer = house.office.add_request(), house.as_("reviewer")
    reviewer.execute("set role office_reviewer")
    decide(reviewer, given)
    assert one(house.raw(), "select decided_by from office.decision") == house.agent("reviewer")
    assert one(house.raw(), "select created_by from office.outbox_mail") == house.agent("reviewer")
    assert one(
        house.raw(), "select array_agg(distinct login) from office.audit_event where table_name = 'decision'"
    ) == [house.agent("reviewer")]


def test_nobody_locks_a_table_against_the_other_desks(either: House) -> None:
    tables = [name for (name,) in rows(either.raw(), "select tablename from pg_tables where schemaname = 'office'")]
    modes = ("row exclusive", "share", "exclusive", "access exclusive")
    agents = {group: either.as_(group) for group in GROUPS}
    for (group, agent), table, mode in itertools.product(agents.items(), tables, modes):
        with agent.transaction(force_rollback=True):
            code = answer(agent, f"lock table office.{table} in {mode} mode nowait")
        assert code == NO_RIGHT, (group, table, mode)


def test_nobody_holds_a_backup_up(either: House) -> None:
    """pg_dump reads PostgreSQL's own settings; a lock on them would keep it waiting for as long as an agent likes."""
    lock = "lock table pg_catalog.pg_settings in access exclusive mode nowait"
    for group in GROUPS:
        agent = either.as_(group)
        with agent.transaction(force_rollback=True):
            assert answer(agent, lock) == NO_RIGHT, group
    either.raw().execute("grant update on pg_catalog.pg_settings to public")
    animator = either.as_("animator")
    with animator.transaction(force_rollback=True):
        assert answer(animator, lock) == ALLOWED, "the negative control: so PostgreSQL is shipped"


DEFINERS = (
    "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'office'::regnamespace and p.prosecdef"
)


def test_temporary_objects_shadow_nothing_in_any_definer_function(house: House) -> None:
    """Even if somebody could make temporary objects: names of tables and functions are found in the schema alone."""
    given = house.office.add_request()
    superuser, elsewhere = house.raw(), house.elsewhere
    superuser.execute(f"grant temporary on database {superuser.info.dbname} to office_reviewer".encode())
    stranger = house.as_("reviewer", elsewhere)
    login = house.agent("reviewer", elsewhere)
    here = house.office.authority_id
    for table in ("agent_scope", "staff_member", "access_request", "decision", "supporting_document", "audit_secret"):
        names = [
            name
            for (name,) in rows(
                superuser,
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0",
                f"office.{table}",
            )
        ]
        columns = ", ".join(f'"{name}" text' for name in names)
        stranger.execute(f"create temporary table {table} ({columns})".encode())
    stranger.execute("insert into pg_temp.agent_scope values (%s, %s)", (login, str(here)))
    stranger.execute("insert into pg_temp.staff_member (login) values (%s)", (login,))
    # A temporary type shadows one of PostgreSQL's own, a temporary function one of ours.
    stranger.execute("create domain pg_temp.bigint as text")
    stranger.execute("set search_path = pg_temp, office, pg_catalog")
    assert one(stranger, "select office.visible_authorities()") == [elsewhere]
    assert one(stranger, "select count(*) from office.access_request") == 0
    assert answer(stranger, "select * from office.read_document(%s)", given.documents["mandate"]) == "OF011"
    insert = "insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', 5)"
    assert answer(stranger, insert, given.request_id) == "OF011"
    assert answer(stranger, "select office.create_agent('x', 'X', 'x', '{}', '{}')") == NO_RIGHT


def test_every_definer_function_names_its_schema(house: House) -> None:
    """No text of such a function names a table of ours without `office.` before it."""
    tables = "|".join(
        name for (name,) in rows(house.raw(), "select tablename from pg_tables where schemaname = 'office'")
    )
    careless = rows(
        house.raw(),
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'office'::regnamespace"
        f" and p.prosrc ~* '(from|join|into|update|table)[[:space:]]+({tables})[^a-z_.(]'",
    )
    assert careless == []
    assert len(rows(house.raw(), DEFINERS)) > 20


def test_a_cheap_function_sees_no_hidden_row(house: House) -> None:
    """A condition that an agent writes is not asked about rows that the policy hides, unless it is leakproof."""
    house.office.add_request()
    stranger = house.as_("reviewer", house.elsewhere)
    for condition in ("1 / (id - id) = 1", "cast(family_key as int) = 1", "raise_is_not_there(id)"):
        code = answer(stranger, f"select id from office.access_request where {condition}")
        assert code == ("42883" if "raise" in condition else ALLOWED), condition


def test_what_is_hidden_does_not_show_in_an_error(house: House) -> None:
    """A unique key tells that a row exists, and no more: its values stay out of the message."""
    given = house.office.add_request()
    stranger = house.as_("reviewer", house.elsewhere)
    found = refusal(stranger, "insert into office.request_opening (request_id) values (%s)", given.request_id)
    assert found.sqlstate == NO_RIGHT
    assert "Berthollet" not in str(found)
    assert one(stranger, "select count(*) from pg_stats where schemaname = 'office' and tablename = 'account'") == 0


def test_refusals_carry_no_personal_data(house: House) -> None:
    given, reviewer = house.office.add_request("Secretnom"), house.as_("reviewer")
    decide(reviewer, given)
    found = refusal(
        reviewer,
        "insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', 1)",
        given.request_id,
    )
    assert "secretnom" not in f"{found} {found.diag.message_detail} {found.diag.context}".lower()


def test_anybody_may_send_a_hint_and_nothing_rests_on_it(house: House) -> None:
    house.office.add_request()
    animator, listener = house.as_("animator"), house.as_("reviewer")
    listener.execute("listen office")
    animator.execute("notify office, 'access_request'")
    heard = [notice.payload for notice in listener.notifies(timeout=2, stop_after=1)]
    assert heard == ["access_request"]


def test_an_advisory_lock_stops_no_guard(house: House) -> None:
    """Any login may hold any key, so no guard may wait for one."""
    given, animator, reviewer = house.office.add_request(), house.as_("animator"), house.as_("reviewer")
    uses = "select proname from pg_proc where pronamespace = 'office'::regnamespace and prosrc like '%%advisory%%'"
    assert rows(house.raw(), uses) == []
    animator.execute("select pg_advisory_lock(k) from generate_series(1, 100) k")
    reviewer.execute("set lock_timeout = '2s'")
    decide(reviewer, given)


def test_copy_gives_no_more_than_select(house: House) -> None:
    house.office.add_request()
    stranger, reviewer = house.as_("reviewer", house.elsewhere), house.as_("reviewer")
    assert copied(stranger, "copy office.access_request to stdout") == 0
    assert copied(reviewer, "copy office.access_request (id) to stdout") == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        copied(house.as_("reception"), "copy office.supporting_document to stdout")
    with pytest.raises(psycopg.Error) as refused, reviewer.cursor().copy("copy office.reading (request_id) from stdin"):
        pass
    assert refused.value.sqlstate == "0A000"


def copied(raw: Raw, statement: str) -> int:
    """How many lines come out."""
    with raw.cursor().copy(statement.encode()) as lines:
        return b"".join(bytes(block) for block in lines).count(b"\n")


def test_prepared_and_held_statements_meet_the_guards_when_they_run(house: House) -> None:
    """Rights are asked when a statement runs, not when it was prepared."""
    given, superuser = house.office.add_request(), house.raw()
    reviewer, login = house.as_("reviewer"), house.agent("reviewer")
    reviewer.execute("prepare mine as select count(*) from office.access_request")
    assert one(reviewer, "execute mine") == 1
    superuser.execute("delete from office.agent_scope where login = %s", (login,))
    assert one(reviewer, "execute mine") == 0
    assert answer(reviewer, "select * from office.read_document(%s)", given.documents["mandate"]) == "OF011"


def test_a_request_s_status_follows_decisions_alone_even_for_the_mailer(house: House) -> None:
    given, mailer = house.office.add_request(), house.as_("mailer")
    decision = decide(house.as_("reviewer"), given)
    assert version_of(house.raw(), given) > 1
    for change, codes in (
        ("state = 'cancelled'", {NO_RIGHT}),
        ("state = 'sent'", {"OF026"}),
        ("state = 'failed'", {"OF026"}),
        ("state = 'sending'", {"OF026"}),
        ("send_after = now() - interval '1 day'", {"OF026"}),
        ("to_address = 'x@example.org'", {NO_RIGHT}),
        ("body = 'x'", {NO_RIGHT}),
        ("subject = 'x'", {NO_RIGHT}),
        ("decision_id = null", {NO_RIGHT}),
        ("state = 'lost'", {"OF026", "23514"}),
    ):
        code = answer(mailer, f"update office.outbox_mail set {change} where decision_id = %s", decision)
        assert code in codes, change
    assert one(house.raw(), "select state from office.outbox_mail") == "queued"


def test_a_claim_is_another_mailer_s_only_when_it_is_over(house: House) -> None:
    superuser, mailer = house.raw(), house.as_("mailer")
    decision = decide(house.as_("reviewer"), house.office.add_request())
    superuser.execute("set session_replication_role = replica")
    superuser.execute("update office.outbox_mail set send_after = now() - interval '1 minute'")
    claim = "update office.outbox_mail set state = 'sending', leased_by = %s, leased_until = {} where decision_id = %s"
    assert answer(mailer, claim.format("null"), "one", decision) == "OF026"
    assert answer(mailer, claim.format("now() + interval '1 minute'"), "one", decision) == ALLOWED
    assert answer(mailer, claim.format("now() + interval '1 minute'"), "two", decision) == "OF026"
    superuser.execute("update office.outbox_mail set leased_until = now() - interval '1 minute'")
    assert answer(mailer, claim.format("now() + interval '1 minute'"), "two", decision) == ALLOWED
