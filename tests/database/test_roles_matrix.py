"""Who may do what to which table: one grid, held against PostgreSQL's own answers and against real attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.acts import ALLOWED, NO_RIGHT, House, answer, decide, one, rows

if TYPE_CHECKING:
    from tests.postgres import Raw

# S reads, s some columns; I inserts, i some columns; U updates, u some columns; - nothing. Nobody deletes.
# The portal has no right at all: its contract is not written yet.
GRID = """
table                reception reviewer planner animator finance admin mailer portal
access_request       S         S        S       -        S       -     -      -
account              S         S        S       -        S       -     -      -
agent_scope          S         S        S       S        S       S     S      -
alembic_version      S         S        S       S        S       S     S      -
assignable_group     S         S        S       S        S       S     S      -
audit_event          -         -        -       -        -       S     -      -
audit_secret         -         -        -       -        -       -     -      -
authority            S         S        S       S        S       S     S      -
backup_run           S         S        S       S        S       S     S      -
beneficiary          s         s        s       -        s       -     -      -
customer_group       S         S        S       S        S       S     S      -
decision             s         Siu      -       -        -       s     -      -
document_requirement S         S        S       S        S       S     S      -
document_verdict     -         Si       -       -        -       s     -      -
file_content         -         -        -       -        -       -     -      -
household            S         S        S       -        S       -     -      -
household_authority  S         S        S       -        S       -     -      -
household_token      S         S        S       -        S       -     -      -
installed_guard      S         S        S       S        S       S     S      -
outbox_mail          s         Si       -       -        -       s     Su     -
reading              -         Si       -       -        -       S     -      -
request_check        -         Siu      -       -        -       -     -      -
request_opening      S         Siu      -       -        -       -     -      -
service              S         S        S       S        S       S     S      -
staff_member         s         s        s       s        s       S     s      -
supporting_document  s         S        -       -        S       -     -      -
"""

# Which columns stand behind a small letter. A piece's value and a child's care note are health or bank data, and the
# words of a decision may speak of them.
COLUMNS = """
reception beneficiary         s all but care_note
reviewer  beneficiary         s all but care_note
planner   beneficiary         s all but care_note
finance   beneficiary         s all but care_note
reception decision            s id request_id authority_id kind decided_by decided_at undone_at
admin     decision            s all but words xid
reviewer  decision            i request_id kind reason_code words seen_version
reviewer  decision            u undone_at
admin     document_verdict    s all but words
reviewer  document_verdict    i decision_id requirement_id document_id kind reason_code words seen_sha256
reception outbox_mail         s all but body reply_to dedupe_key message_id leased_by leased_until
admin     outbox_mail         s all but body reply_to dedupe_key message_id leased_by leased_until
reviewer  outbox_mail         i decision_id subject body
mailer    outbox_mail         u state attempts leased_by leased_until sent_at last_error send_after
reviewer  reading             i request_id document_id what
reviewer  request_check       i request_id version failures warnings results
reviewer  request_check       u version failures warnings results
reviewer  request_opening     i request_id
reviewer  request_opening     u seen_at
reception staff_member        s login display_name suspended_at
reviewer  staff_member        s login display_name suspended_at
planner   staff_member        s login display_name suspended_at
animator  staff_member        s login display_name suspended_at
finance   staff_member        s login display_name suspended_at
mailer    staff_member        s login display_name suspended_at
reception supporting_document s id request_id requirement_id authority_id sensitivity given_at valid_until replaced_at
"""

_head, *_lines = (line.split() for line in GRID.strip().splitlines())
ROLES = _head[1:]
RIGHTS = {(role, line[0]): line[i + 1].strip("-") for line in _lines for i, role in enumerate(ROLES)}
TABLES = [line[0] for line in _lines]
VERBS = {"s": "select", "i": "insert", "u": "update"}

# What "in scope" means for an agent of one authority, table by table; everything where the table is everybody's.
BY_FAMILY = "select household_id from office.household_authority where authority_id = %(here)s"
IN_SCOPE = {
    "account": f"id in (select account_id from office.household where id in ({BY_FAMILY}))",
    "agent_scope": "login = %(login)s",
    "alembic_version": "true",
    "assignable_group": "true",
    "authority": "id = %(here)s",
    "backup_run": "true",
    "beneficiary": f"household_id in ({BY_FAMILY})",
    "customer_group": "true",
    "household": f"id in ({BY_FAMILY})",
    "installed_guard": "true",
    "staff_member": "true",
}
SPECIAL = {
    ("finance", "supporting_document"): "authority_id = %(here)s and sensitivity = 'bank'",
    ("admin", "agent_scope"): "authority_id = %(here)s",
}


@pytest.fixture
def lived_in(house: House) -> House:
    """Rows in every table, in two authorities, and a family that only the other one knows."""
    superuser = house.raw()
    superuser.execute("insert into office.customer_group (name) values ('Client')")
    superuser.execute("insert into office.backup_run (byte_count, sha256) values (1, 'x')")
    other_service = house.office.add_service("SERVICE CANTINE", house.elsewhere)
    for authority, service in ((house.office.authority_id, None), (house.elsewhere, other_service)):
        given = house.office.add_request(service_id=service)
        reviewer = house.as_("reviewer", authority)
        reviewer.execute("insert into office.request_opening (request_id) values (%s)", (given.request_id,))
        reviewer.execute("insert into office.reading (request_id, what) values (%s, 'opened')", (given.request_id,))
        reviewer.execute(
            "insert into office.request_check (request_id, version, failures, warnings, results)"
            " select id, version, 0, 0, '[]' from office.access_request where id = %s",
            (given.request_id,),
        )
        decide(reviewer, given)
    return house


def columns_of(raw: Raw, table: str) -> list[str]:
    """The columns of a table."""
    found = rows(
        raw,
        "select quote_ident(attname) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        f"office.{table}",
    )
    return [name for (name,) in found]


def granted(raw: Raw, role: str, table: str, letter: str) -> list[str]:
    """The columns that the lines above give."""
    for line in COLUMNS.strip().splitlines():
        who, what, how, *names = line.split()
        if (who, what, how) == (role, table, letter):
            if names[:2] == ["all", "but"]:
                return [name for name in columns_of(raw, table) if name not in names[2:]]
            return names
    raise AssertionError(f"no columns for {role} {table} {letter}")


def rights_in_catalogue(raw: Raw, role: str, table: str) -> str:
    """The letters of one cell, as PostgreSQL's own functions tell them."""
    group, name = f"office_{role}", f"office.{table}"
    found = ""
    for letter, verb in VERBS.items():
        if one(raw, "select has_table_privilege(%s, %s, %s)", group, name, verb):
            found += letter.upper()
        elif one(raw, "select has_any_column_privilege(%s, %s, %s)", group, name, verb):
            found += letter
    for more, verb in (("D", "delete"), ("T", "truncate"), ("R", "references"), ("X", "trigger")):
        if one(raw, "select has_table_privilege(%s, %s, %s)", group, name, verb):
            found += more
    return found


def test_the_grid_is_what_postgresql_says(either: House) -> None:
    raw = either.raw()
    tables = [name for (name,) in rows(raw, "select tablename from pg_tables where schemaname = 'office' order by 1")]
    assert tables == TABLES
    assert {cell: rights_in_catalogue(raw, *cell) for cell in RIGHTS} == RIGHTS


def test_the_columns_behind_small_letters_are_what_postgresql_says(house: House) -> None:
    raw = house.raw()
    for (role, table), rights in RIGHTS.items():
        for letter in filter(str.islower, rights):
            found = [
                name
                for name in columns_of(raw, table)
                if one(
                    raw,
                    "select has_column_privilege(%s, %s, %s, %s)",
                    f"office_{role}",
                    f"office.{table}",
                    name,
                    VERBS[letter],
                )
            ]
            assert sorted(found) == sorted(granted(raw, role, table, letter)), (role, table, letter)


def test_reading_gives_the_rows_of_the_scope_and_no_other(lived_in: House) -> None:
    for role in ROLES:
        holds_reading(lived_in, role)


def holds_reading(lived_in: House, role: str) -> None:
    """What one role sees."""
    superuser, agent = lived_in.raw(), lived_in.as_(role)
    values = {"here": lived_in.office.authority_id, "login": lived_in.agent(role)}
    for table in TABLES:
        rights = RIGHTS[role, table]
        everything = answer(agent, f"select * from office.{table}")
        assert everything == (ALLOWED if "S" in rights else NO_RIGHT), (role, table)
        if "s" not in rights.lower():
            assert answer(agent, f"select count(*) from office.{table}") == NO_RIGHT, (role, table)
            continue
        scope = SPECIAL.get((role, table)) or IN_SCOPE.get(table, "authority_id = %(here)s")
        in_scope = superuser.execute(f"select count(*) from office.{table} where {scope}".encode(), values).fetchone()
        seen = one(agent, f"select count(*) from office.{table}")
        assert in_scope == (seen,), (role, table)
        assert seen > 0, f"nothing was tried on {table}"
        if scope != "true":
            assert seen < one(superuser, f"select count(*) from office.{table}"), (
                f"nothing lies out of scope in {table}"
            )
        if "s" in rights:
            names = granted(superuser, role, table, "s")
            assert answer(agent, f"select {', '.join(names)} from office.{table}") == ALLOWED
            for name in set(columns_of(superuser, table)) - set(names):
                assert answer(agent, f"select {name} from office.{table}") == NO_RIGHT, f"{table}.{name}"


def test_writing_is_refused_where_the_grid_has_no_letter(lived_in: House) -> None:
    for role in ROLES:
        holds_writing(lived_in, role)


def holds_writing(lived_in: House, role: str) -> None:
    """What one role may not write."""
    superuser, agent = lived_in.raw(), lived_in.as_(role)
    for table in TABLES:
        rights, columns = RIGHTS[role, table], columns_of(superuser, table)
        may_give = granted(superuser, role, table, "i") if "i" in rights else []
        may_change = granted(superuser, role, table, "u") if "u" in rights else []
        for name in set(columns) - set(may_give):
            statement = f"insert into office.{table} ({name}) overriding system value select null where false"
            assert answer(agent, statement) == NO_RIGHT, f"insert {table}.{name}"
        for name in set(columns) - set(may_change):
            assert answer(agent, f"update office.{table} set {name} = null where false") == NO_RIGHT, f"{table}.{name}"
        assert answer(agent, f"delete from office.{table}") == NO_RIGHT, (role, table)
        assert answer(agent, f"truncate office.{table}") == NO_RIGHT, (role, table)
        assert answer(agent, f"alter table office.{table} add column mine int") == NO_RIGHT, (role, table)
        assert answer(agent, f"copy office.{table} from stdin") in {NO_RIGHT, "0A000"}, table


OWN_ROWS = {
    "request_check": (
        (
            "insert into office.request_check (request_id, version, failures, warnings, results)"
            " values (%s, 6, 0, 0, '[]') on conflict (request_id) do update set version = 6"
        ),
        "update office.request_check set warnings = 1 where request_id = %s",
    ),
    "request_opening": (
        (
            "insert into office.request_opening (request_id) values (%s)"
            " on conflict (request_id, login) do update set seen_at = now()"
        ),
        "update office.request_opening set seen_at = now() where request_id = %s",
    ),
    "reading": ("insert into office.reading (request_id, what) values (%s, 'opened')",),
}
"""What a reviewer writes with one statement; decisions and e-mails have their own tests."""


@pytest.mark.parametrize("table", OWN_ROWS)
def test_a_reviewer_writes_in_her_scope_and_nowhere_else(lived_in: House, table: str) -> None:
    agent, superuser = lived_in.as_("reviewer"), lived_in.raw()
    requests = dict(rows(superuser, "select authority_id, id from office.access_request"))
    here, elsewhere = requests[lived_in.office.authority_id], requests[lived_in.elsewhere]
    for statement in OWN_ROWS[table]:
        assert agent.execute(statement.encode(), (here,)).rowcount == 1, statement
        if statement.startswith("insert"):
            assert answer(agent, statement, elsewhere) in {NO_RIGHT, "OF011"}, statement
        else:
            assert agent.execute(statement.encode(), (elsewhere,)).rowcount == 0, statement
    assert answer(agent, OWN_ROWS[table][0], 10**9) in {NO_RIGHT, "23502", "OF011"}


def test_a_reviewer_cannot_close_what_a_colleague_has_open(lived_in: House) -> None:
    here = lived_in.office.authority_id
    colleague = lived_in.raw(lived_in.make("paul", groups=["office_reviewer"], authorities=[here]))
    assert one(colleague, "select count(*) from office.request_opening") == 1
    request = one(lived_in.raw(), "select request_id from office.request_opening where authority_id = %s", here)
    for raw, left in ((colleague, 1), (lived_in.as_("reception"), 1), (lived_in.as_("reviewer"), 0)):
        answer(raw, "select office.close_request(%s)", request)
        assert one(colleague, "select count(*) from office.request_opening") == left
    assert colleague.execute("update office.request_opening set seen_at = now()").rowcount == 0


def test_the_mailer_moves_the_e_mails_of_her_scope_only(lived_in: House) -> None:
    mailer = lived_in.as_("mailer")
    moved = mailer.execute("update office.outbox_mail set send_after = now() + interval '1 hour'").rowcount
    assert (moved, one(lived_in.raw(), "select count(*) from office.outbox_mail")) == (1, 2)
