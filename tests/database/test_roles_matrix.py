"""Who may do what to which table: one grid, held against PostgreSQL's own answers and against real attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.acts import ALLOWED, NO_RIGHT, House, answer, decide, one, rows

if TYPE_CHECKING:
    from tests.builders import GivenRequest
    from tests.postgres import Raw

# S reads, s some columns; I inserts, i some columns; U updates, u some columns; - nothing. Nobody deletes.
# The portal has no right at all: its contract is not written yet.
GRID = """
table                reception reviewer planner animator finance admin mailer portal
access_request       Si        Si       S       -        S       -     -      -
account              Su        Su       S       -        S       -     -      -
agent_scope          S         S        S       S        S       S     S      -
alembic_version      S         S        S       S        S       S     S      -
assignable_group     S         S        S       S        S       S     S      -
audit_event          -         -        -       -        -       S     -      -
audit_secret         -         -        -       -        -       -     -      -
authority            S         S        S       S        S       Su    S      -
backup_run           S         S        S       S        S       S     S      -
beneficiary          siu       siu      su      -        s       -     -      -
beneficiary_diet     Siu       Siu      S       -        -       -     -      -
calendar_period      S         S        Siu     S        S       S     -      -
contact              siu       Siu      s       -        s       -     -      -
customer_group       S         S        Siu     S        S       S     S      -
decision             s         Siu      -       -        -       s     -      -
diet_need            S         S        Siu     S        S       S     S      -
document_requirement S         S        Siu     S        S       S     S      -
document_verdict     -         Si       -       -        -       s     -      -
file_content         -         -        -       -        -       -     -      -
household            Su        Su       S       -        S       -     -      -
household_authority  S         S        S       -        S       -     -      -
household_child      S         S        S       -        S       -     -      -
household_merge      S         S        -       -        -       -     -      -
household_note       Siu       Siu      -       -        -       -     -      -
household_token      S         S        S       -        S       -     -      -
household_variant    S         S        S       -        S       -     -      -
installed_guard      S         S        S       S        S       S     S      -
mandate              S         S        S       -        S       -     -      -
outbox_mail          s         Si       -       -        -       s     Su     -
reading              -         Si       -       -        -       S     -      -
request_check        -         Siu      -       -        -       -     -      -
request_opening      S         Siu      -       -        -       -     -      -
school               S         S        Siu     S        S       S     -      -
school_class         S         S        Siu     S        S       S     -      -
service              S         S        Siu     S        S       S     S      -
staff_member         s         s        s       s        s       S     s      -
supporting_document  s         S        -       -        S       -     -      -
"""

# Which columns stand behind a small letter. A piece's value and a child's care note are health or bank data, and the
# words of a decision may speak of them.
COLUMNS = """
reception access_request      i household_id beneficiary_id service_id by_debit
reviewer  access_request      i household_id beneficiary_id service_id by_debit
reception account             u email last_name first_name phone other_phone address postcode town
reviewer  account             u email last_name first_name phone other_phone address postcode town
admin     authority           u name short_name postcode email phone creditor_id
reviewer  beneficiary         s all but care_note care_plan_from care_plan_until vaccinated_seen_on
reception beneficiary         s all but care_note care_plan_from care_plan_until vaccinated_seen_on
planner   beneficiary         s all but care_note care_plan_from care_plan_until vaccinated_seen_on
finance   beneficiary         s all but care_note care_plan_from care_plan_until vaccinated_seen_on
reception beneficiary         i all but id photo_sha256 created_at version merged_into_id
reviewer  beneficiary         i all but id photo_sha256 created_at version merged_into_id
reception beneficiary         u last_name first_name born_on relationship school_level school_class_id \
    customer_group_id leaves_alone leaves_alone_signed_on
reviewer  beneficiary         u all but id household_id photo_sha256 created_at version merged_into_id
planner   beneficiary         u school_level school_class_id
reception beneficiary_diet    i beneficiary_id diet_need_id
reviewer  beneficiary_diet    i beneficiary_id diet_need_id
reception beneficiary_diet    u removed_at
reviewer  beneficiary_diet    u removed_at
planner   calendar_period     i authority_id kind name first_on last_on
planner   calendar_period     u kind name first_on last_on closed_at
reception contact             s all but barred_by
planner   contact             s all but barred_by
finance   contact             s all but barred_by
reception contact             i all but id barred_by barred created_at removed_at version
reviewer  contact             i all but id barred created_at removed_at version
reception contact             u all but id household_id barred_by barred created_at version
reviewer  contact             u all but id household_id barred created_at version
planner   customer_group      i name
planner   customer_group      u name closed_at
planner   diet_need           i name
planner   diet_need           u name closed_at
planner   document_requirement i all but id authority_id closed_at form_sha256 form_name version
planner   document_requirement u all but id service_id authority_id code kind form_sha256 form_name version
reception household           u name
reviewer  household           u name
reception household_note      i household_id words
reviewer  household_note      i household_id words
reception household_note      u removed_at
reviewer  household_note      u removed_at
planner   school              i authority_id name town
planner   school              u name town closed_at
planner   school_class        i school_id school_year name
planner   school_class        u name closed_at
planner   service             i all but id closed_at version
planner   service             u all but id authority_id version
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
BY_CHILD = f"beneficiary_id in (select beneficiary_id from office.household_child where household_id in ({BY_FAMILY}))"
IN_SCOPE = {
    "account": f"id in (select account_id from office.household where id in ({BY_FAMILY}))",
    "agent_scope": "login = %(login)s",
    "alembic_version": "true",
    "assignable_group": "true",
    "authority": "id = %(here)s",
    "backup_run": "true",
    "beneficiary": f"household_id in ({BY_FAMILY})",
    "beneficiary_diet": BY_CHILD,
    "contact": f"household_id in ({BY_FAMILY})",
    "customer_group": "true",
    "diet_need": "true",
    "household": f"id in ({BY_FAMILY})",
    "household_child": f"household_id in ({BY_FAMILY})",
    "household_merge": f"kept_id in ({BY_FAMILY})",
    "household_note": f"household_id in ({BY_FAMILY})",
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
        fill_the_counter(superuser, given, authority)
    return house


def fill_the_counter(superuser: Raw, given: GivenRequest, authority: int) -> None:
    """A row of everything that the counter and the catalogue write."""
    family, child = given.household_id, given.beneficiary_id
    other = one(
        superuser,
        "with a as (insert into office.account (email, last_name, first_name) values (%s, 'Doublon', 'Anne')"
        " returning id) insert into office.household (account_id, name) select id, 'Doublon' from a returning id",
        f"doublon{family}@example.org",
    )
    school = one(
        superuser, "insert into office.school (authority_id, name) values (%s, 'École') returning id", authority
    )
    for statement, values in (
        ("insert into office.school_class (school_id, school_year, name) values (%s, 2026, 'CP-CE1')", (school,)),
        (
            (
                "insert into office.calendar_period (authority_id, kind, name, first_on, last_on)"
                " values (%s, 'closure', 'Travaux', '2026-12-01', '2026-12-02')"
            ),
            (authority,),
        ),
        ("insert into office.diet_need (name) values ('Sans porc') on conflict do nothing", ()),
        ("insert into office.beneficiary_diet select %s, id from office.diet_need", (child,)),
        (
            (
                "insert into office.contact (household_id, last_name, first_name, barred_by)"
                " values (%s, 'Haddad', 'Karim', 'JAF de Bourg, 3 mars 2026')"
            ),
            (family,),
        ),
        ("insert into office.household_note (household_id, words) values (%s, 'Appeler après 17 h')", (family,)),
        (
            "insert into office.mandate (reference, household_id, authority_id) values ('RUM1', %s, %s)",
            (family, authority),
        ),
        (
            "insert into office.household_merge (kept_id, merged_id, moved, reason) values (%s, %s, '{}', 'la même')",
            (family, other),
        ),
    ):
        superuser.execute(statement.encode(), values)


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
                    name.strip('"'),
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
            # A computed column is nobody's to write: PostgreSQL says so before it looks at rights.
            assert answer(agent, statement) in {NO_RIGHT, "428C9"}, f"insert {table}.{name}"
        for name in set(columns) - set(may_change):
            changing = answer(agent, f"update office.{table} set {name} = null where false")
            assert changing in {NO_RIGHT, "428C9"}, f"{table}.{name}"
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
