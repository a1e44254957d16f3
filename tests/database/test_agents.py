"""Agents made, changed and suspended by the application's functions: who may, what is refused, and on both servers.

On PostgreSQL 15 the functions' own checks are the only wall, for a role that may create logins may do nearly anything.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import IsolationLevel

from tests.database.acts import ALLOWED, NO_RIGHT, VERIFIER, answer, one, refusal, rows

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import Raw

PASSPHRASE = "un mot de passe assez long"
CREATE = "select office.create_agent(%s, %s, %s, %s, %s)"
GROUPS = "select office.change_agent_groups(%s, %s)"
SCOPE = "select office.change_agent_scope(%s, %s)"
SUSPEND = "select office.suspend_agent(%s)"
RESUME = "select office.resume_agent(%s)"
PASSWORD = "select office.set_agent_password(%s, %s)"


def chief(house: House, *, wide: bool = True) -> tuple[Raw, str]:
    """An administrator of everything, or of the office's own authority; her connection and login."""
    authorities = [house.office.authority_id, house.elsewhere] if wide else [house.office.authority_id]
    login = house.hire("chief", ["admin"], authorities)
    return opened(house, login), login


def opened(house: House, login: str) -> Raw:
    """A connection of an agent whose password is nobody's: where passwords are asked for she is given one."""
    if house.version < 18:
        house.raw().execute(f"alter role {login} password '{PASSPHRASE}'".encode())
    return house.raw(login)


def groups_of(raw: Raw, login: str) -> list[str]:
    """The groups of a login, as the catalogue tells them."""
    return [
        name
        for (name,) in rows(
            raw,
            "select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid"
            " join pg_roles a on a.oid = m.member where a.rolname = %s order by 1",
            login,
        )
    ]


def test_an_administrator_makes_an_agent_who_can_work(either: House) -> None:
    admin, boss = chief(either)
    login, here = either.name("lea"), either.office.authority_id
    assert (
        answer(admin, CREATE, login, "  Léa Brun ", VERIFIER, ["office_reviewer", "office_reception"], [here])
        == ALLOWED
    )
    superuser = either.raw()
    assert groups_of(superuser, login) == ["office_reception", "office_reviewer"]
    assert rows(superuser, "select display_name, suspended_at from office.staff_member where login = %s", login) == [
        ("Léa Brun", None)
    ]
    either.office.add_request()
    lea = opened(either, login)
    assert one(lea, "select count(*) from office.access_request") == 1
    assert one(lea, "select office.visible_authorities()") == [here]
    told = rows(
        superuser,
        "select table_name, verb, login from office.audit_event where row_key like %s order by id",
        f"{login}%",
    )
    assert told == [
        ("staff_member", "insert", boss),
        ("agent_scope", "insert", boss),
        ("agent_groups", "update", boss),
    ]


def test_an_agent_has_no_power_over_the_server(either: House) -> None:
    admin, _ = chief(either)
    login = either.name("lea")
    admin.execute(CREATE.encode(), (login, "Léa", VERIFIER, ["office_admin"], [either.office.authority_id]))
    ((*powers,),) = rows(
        either.raw(),
        "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit, rolcanlogin,"
        " rolconnlimit from pg_roles where rolname = %s",
        login,
    )
    assert powers == [False, False, False, False, False, True, True, -1]
    assert one(either.raw(), "select rolpassword from pg_authid where rolname = %s", login) == VERIFIER


def test_a_password_in_a_verifier_opens_the_door_and_its_text_does_not(house15: House) -> None:
    """The desk computes the verifier; the server never sees the password. Over TCP with SCRAM."""
    admin, _ = chief(house15)
    login = house15.name("lea")
    verifier = admin.pgconn.encrypt_password(PASSPHRASE.encode(), login.encode(), b"scram-sha-256").decode()
    admin.execute(CREATE.encode(), (login, "Léa", verifier, ["office_reviewer"], [house15.office.authority_id]))
    assert one(house15.raw(login), "select session_user::text") == login
    admin.execute(PASSWORD.encode(), (login, VERIFIER))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        house15.raw(login)
    ((what, before, after),) = rows(
        house15.raw(), "select table_name, old, new from office.audit_event where table_name = 'agent_password'"
    )
    assert (what, before, after) == ("agent_password", None, None)


def test_other_groups_administer_nobody(either: House) -> None:
    victim = either.hire("victim", ["reception"], [either.office.authority_id])
    for group in ("reception", "reviewer", "planner", "animator", "finance", "mailer", "portal"):
        agent = either.as_(group)
        for statement, values in (
            (CREATE, ("x1", "X", VERIFIER, [], [])),
            (GROUPS, (victim, ["office_admin"])),
            (SCOPE, (victim, [])),
            (SUSPEND, (victim,)),
            (RESUME, (victim,)),
            (PASSWORD, (victim, VERIFIER)),
        ):
            assert answer(agent, statement, *values) == NO_RIGHT, (group, statement)


BAD_LOGINS = [
    "", "x", "Lea", "léa", "1lea", "lea brun", "lea-brun", "lea\n", "lea;drop role postgres", 'lea" superuser --',
    "lea' superuser --", "a" * 41, "pg_read_all_data", "pg_x", "office_owner", "office_lea", "postgres", "public",
    "none", "l\u0661", "lea\u200b", None,
]  # fmt: skip


def test_a_login_is_a_plain_word(either: House) -> None:
    admin, _ = chief(either)
    for login in BAD_LOGINS:
        found = refusal(admin, CREATE, login, "X", VERIFIER, ["office_reception"], [])
        assert (found.sqlstate, found.diag.message_detail) == ("OF010", '{"field" : "login"}'), login


def test_no_login_is_taken_over(either: House) -> None:
    """Roles belong to the whole server: a name that exists may be another database's."""
    admin, _ = chief(either)
    superuser, other = either.raw(), either.name("autre")
    superuser.execute(f"create role {other} nologin".encode())
    found = refusal(admin, CREATE, other, "X", VERIFIER, [], [])
    assert (found.sqlstate, found.diag.message_primary) == ("OF010", "login_taken")
    for statement, values in ((GROUPS, [["office_reviewer"]]), (SUSPEND, []), (RESUME, []), (PASSWORD, [VERIFIER])):
        for login in (other, "postgres", "office_owner", "office_roles", "office_admin", "nobody", None):
            assert answer(admin, statement, login, *values) == "OF011", (statement, login)


def test_an_agent_who_is_a_superuser_is_left_alone(either: House) -> None:
    admin, _ = chief(either)
    either.raw().execute("insert into office.staff_member (login, display_name) values ('postgres', 'P')")
    for statement, values in ((GROUPS, [[]]), (SUSPEND, []), (RESUME, []), (PASSWORD, [VERIFIER]), (SCOPE, [[]])):
        expected = "OF011"
        assert answer(admin, statement, "postgres", *values) == expected, statement


BAD_VERIFIERS = [
    None, "", "secret", "md5" + "0" * 32, VERIFIER + "\n", " " + VERIFIER, VERIFIER[:-1], VERIFIER + "=",
    VERIFIER.replace("4096", "1"), VERIFIER.replace("4096", "4095"), VERIFIER.replace("4096", "99999999"),
    VERIFIER.replace("A", "'"), VERIFIER.replace("A", "\\"), VERIFIER + "' superuser --",
    VERIFIER.replace("SCRAM", "scram"), VERIFIER.replace("==$", "=$"),
]  # fmt: skip


def test_a_password_is_a_verifier_and_nothing_else(either: House) -> None:
    """What PostgreSQL does not recognise it would take for a password in clear, and keep in its log."""
    admin, boss = chief(either)
    new: tuple[str, list[object], list[object]] = (CREATE, ["lea", "Léa"], [[], []])
    for verifier, (statement, before, after) in itertools.product(BAD_VERIFIERS, (new, (PASSWORD, [boss], []))):
        values = [*before, verifier, *after]
        found = refusal(admin, statement, *values)
        assert (found.sqlstate, found.diag.message_detail) == ("OF010", '{"field" : "password"}')
        assert verifier is None or len(verifier) < 10 or verifier not in f"{found} {found.diag.context}"


def test_a_name_is_one_line(house: House) -> None:
    admin, _ = chief(house)
    for name in (None, "", "   ", "a" * 101, "Léa\nBrun", "Léa\x1b[31m"):
        found = refusal(admin, CREATE, "lea", name, VERIFIER, [], [])
        assert (found.sqlstate, found.diag.message_detail) == ("OF010", '{"field" : "display_name"}'), name


def test_a_name_with_signs_is_only_a_name(house: House) -> None:
    admin, _ = chief(house)
    for word, name in (("one", "O'Brien'); drop table office.decision; --"), ("two", 'Zoë "%I" %s $$')):
        login = house.name(word)
        admin.execute(CREATE.encode(), (login, name, VERIFIER, [], []))
        assert one(house.raw(), "select display_name from office.staff_member where login = %s", login) == name


BAD_GROUPS = [
    ["office_owner"], ["office_roles"], ["office_mailer"], ["office_portal"], ["postgres"], ["pg_read_all_data"],
    ["pg_write_all_data"], ["pg_execute_server_program"], ["pg_monitor"], ["office_reviewer", "office_owner"],
    ["office_reviewer, office_owner"], ['office_reviewer" to x; --'], ["OFFICE_REVIEWER"], [""], [None], None,
    ["office_reviewer\n"],
]  # fmt: skip


def test_only_listed_groups_are_given(either: House) -> None:
    admin, _ = chief(either)
    known = either.hire("lea", ["reception"], [either.office.authority_id])
    new = either.name("neuf")
    for groups in BAD_GROUPS:
        for statement, values in ((CREATE, (new, "X", VERIFIER, groups, [])), (GROUPS, (known, groups))):
            found = refusal(admin, statement, *values)
            assert (found.sqlstate, found.diag.message_detail) == ("OF010", '{"field" : "groups"}'), groups
    assert groups_of(either.raw(), known) == ["office_reception"]
    assert groups_of(either.raw(), new) == []
    assert one(either.raw(), "select count(*) from pg_roles where rolname = %s", new) == 0


def test_not_even_a_doctored_list_gives_the_owner_away(either: House) -> None:
    """The list is a table of the owner's; should a name of power get into it, the function still says no."""
    admin, _ = chief(either)
    known = either.hire("lea", ["reception"], [either.office.authority_id])
    superuser = either.raw()
    for name in ("office_owner", "office_roles", "pg_read_all_data", "postgres"):
        superuser.execute("insert into office.assignable_group values (%s, 'x')", (name,))
        assert answer(admin, GROUPS, known, [name]) == "OF010", name
    assert answer(admin, "insert into office.assignable_group values ('x', 'x')") == NO_RIGHT


def test_groups_are_given_and_taken(either: House) -> None:
    admin, boss = chief(either)
    login = either.hire("lea", ["reception", "finance"], [either.office.authority_id])
    admin.execute(GROUPS.encode(), (login, ["office_finance", "office_reviewer"]))
    assert groups_of(either.raw(), login) == ["office_finance", "office_reviewer"]
    admin.execute(GROUPS.encode(), (login, ["office_finance", "office_reviewer"]))
    events = rows(
        either.raw(),
        "select old -> 'groups', new -> 'groups' from office.audit_event where row_key = %s and login = %s",
        login,
        boss,
    )
    assert events == [(["office_finance", "office_reception"], ["office_finance", "office_reviewer"])]
    admin.execute(GROUPS.encode(), (login, []))
    assert groups_of(either.raw(), login) == []


def test_a_narrow_administrator_reaches_no_further_than_she_sees(either: House) -> None:
    admin, _ = chief(either, wide=False)
    here, elsewhere = either.office.authority_id, either.elsewhere
    near = either.hire("near", ["reception"], [here])
    far = either.hire("far", ["admin"], [elsewhere])
    both = either.hire("both", ["reception"], [here, elsewhere])
    for statement, values in (
        (CREATE, (either.name("neuf"), "X", VERIFIER, ["office_reviewer"], [here, elsewhere])),
        (SCOPE, (near, [here, elsewhere])),
        *[
            (statement, (victim, *more))
            for victim in (far, both)
            for statement, more in (
                (PASSWORD, [VERIFIER]),
                (SUSPEND, []),
                (RESUME, []),
                (GROUPS, [[]]),
                (SCOPE, [[here]]),
            )
        ],
    ):
        found = refusal(admin, statement, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "out_of_scope"), (statement, values)
    for authorities in ([10**9], [None], None, [-1]):
        assert answer(admin, SCOPE, near, authorities) == "OF010"
    for statement, more in (
        (PASSWORD, [VERIFIER]),
        (SCOPE, [[]]),
        (SCOPE, [[here, here]]),
        (GROUPS, [["office_admin"]]),
    ):
        assert answer(admin, statement, near, *more) == ALLOWED, statement
    assert rows(either.raw(), "select authority_id from office.agent_scope where login = %s", near) == [(here,)]


def test_nobody_changes_her_own_rights(either: House) -> None:
    admin, boss = chief(either)
    for statement, values in (
        (GROUPS, [["office_admin", "office_reviewer"]]),
        (SCOPE, [[either.elsewhere]]),
        (SUSPEND, []),
        (RESUME, []),
    ):
        found = refusal(admin, statement, boss, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "own_rights"), statement
    assert answer(admin, PASSWORD, boss, VERIFIER) == ALLOWED
    for statement in (
        f"grant office_reviewer to {boss}",
        f"alter role {boss} createrole",
        f"alter role {boss} bypassrls",
        f"insert into office.agent_scope values ('{boss}', 1)",
        "update office.staff_member set suspended_at = null",
    ):
        assert answer(admin, statement) == NO_RIGHT, statement


def test_a_suspended_agent_s_open_connection_sees_nothing(either: House) -> None:
    admin, _ = chief(either)
    given = either.office.add_request()
    groups = ["reception", "reviewer", "planner", "finance", "admin"]
    login = either.hire("lea", groups, [either.office.authority_id])
    victim = either.hire("victim", ["reception"], [either.office.authority_id])
    lea = opened(either, login)
    assert one(lea, "select count(*) from office.access_request") == 1
    lea.execute("begin")
    assert one(lea, "select count(*) from office.household") == 1
    admin.execute(SUSPEND.encode(), (login,))
    assert one(lea, "select count(*) from office.household") == 0, "in the middle of her transaction"
    lea.execute("commit")
    tables = [name for (name,) in rows(either.raw(), "select tablename from pg_tables where schemaname = 'office'")]
    for table in set(tables) - {"alembic_version", "installed_guard"}:
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            assert one(lea, f"select count(*) from office.{table}") == 0, table
    assert answer(lea, "select * from office.read_document(%s)", given.documents["mandate"]) == "OF011"
    assert answer(lea, "select * from office.read_photo(%s)", given.beneficiary_id) == "OF008"
    decision = "insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', 5)"
    assert answer(lea, decision, given.request_id) == "OF011"
    for statement, values in ((PASSWORD, (victim, VERIFIER)), (RESUME, (login,)), (GROUPS, (victim, []))):
        assert answer(lea, statement, *values) == "OF008", statement
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        either.raw(login)
    admin.execute(RESUME.encode(), (login,))
    assert one(lea, "select count(*) from office.access_request") == 1
    assert one(either.raw(login), "select count(*) from office.access_request") == 1


def test_the_last_administrator_stays(either: House) -> None:
    """Only PostgreSQL's own administrator could try: the others would be another administrator."""
    superuser = either.raw()
    _, boss = chief(either)
    assert answer(superuser, SUSPEND, boss) == "OF009"
    assert answer(superuser, GROUPS, boss, ["office_reviewer"]) == "OF009"
    other = either.hire("deputy", ["admin"], [either.office.authority_id])
    assert answer(superuser, SUSPEND, boss) == ALLOWED
    assert answer(superuser, SUSPEND, other) == "OF009", "a suspended one does not count"
    assert one(superuser, "select rolcanlogin from pg_roles where rolname = %s", other)
    assert answer(superuser, RESUME, boss) == ALLOWED
    assert answer(superuser, GROUPS, other, []) == ALLOWED


@pytest.mark.parametrize("level", list(IsolationLevel), ids=lambda level: level.name.lower())
def test_two_administrators_who_suspend_each_other_leave_one(either: House, level: IsolationLevel) -> None:
    """The second waits for the first, and is then no administrator any more; a stale snapshot does not help her."""
    first, one_login = chief(either)
    second, other_login = chief(either)
    first.isolation_level = second.isolation_level = level
    with first.transaction():
        # Her snapshot is taken while both are active.
        second.execute("begin isolation level " + level.name.lower().replace("_", " "))
        assert one(second, "select office.is_member('office_admin')")
        first.execute(SUSPEND.encode(), (other_login,))
        second.execute("set local lock_timeout = '300ms'")
        waiting = answer(second, SUSPEND, one_login)
        assert waiting == "55P03", "she waits"
        second.execute("rollback")
        second.execute("begin isolation level " + level.name.lower().replace("_", " "))
        assert one(second, "select office.is_member('office_admin')")
    code = answer(second, SUSPEND, one_login)
    assert code in {"OF008", "40001"}
    second.execute("rollback")
    active = "select count(*) from office.staff_member where suspended_at is null and login = any(%s)"
    assert one(either.raw(), active, [one_login, other_login]) == 1


def test_an_agent_cannot_hold_the_administrators_up(either: House) -> None:
    """The lock is a row that no agent may lock, not an advisory key that anybody may hold."""
    admin, _ = chief(either)
    known = either.hire("lea", ["reception"], [either.office.authority_id])
    animator = either.as_("animator")
    animator.execute("begin")
    assert answer(animator, "select * from office.assignable_group for update") == NO_RIGHT
    animator.execute("rollback")
    animator.execute(
        "begin; select pg_advisory_lock(k) from generate_series(1, 100) k; select * from office.assignable_group"
    )
    admin.execute("set lock_timeout = '1s'")
    assert answer(admin, SUSPEND, known) == ALLOWED


def test_what_another_granted_is_named_and_not_passed_over(house: House) -> None:
    """From PostgreSQL 16 on a keeper revokes only what it granted itself, and PostgreSQL merely warns."""
    admin, _ = chief(house)
    login = house.hire("lea", ["reception"], [house.office.authority_id])
    house.raw().execute(f"grant office_reviewer to {login}".encode())
    found = refusal(admin, GROUPS, login, ["office_reception"])
    assert (found.sqlstate, found.diag.message_primary) == ("OF008", "granted_by_another")


def test_the_roles_have_the_powers_that_they_need_and_no_more(either: House) -> None:
    superuser = either.raw()
    odd = rows(
        superuser,
        "select rolname from pg_roles where rolname like 'office\\_%%'"
        " and (rolsuper or rolbypassrls or rolreplication or rolcreatedb or rolcanlogin"
        " or rolcreaterole <> (rolname = 'office_roles'))",
    )
    assert odd == []
    inside = rows(
        superuser,
        "select g.rolname, a.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid"
        " join pg_roles a on a.oid = m.member where g.rolname in ('office_owner', 'office_roles')"
        " or (a.rolname like 'office\\_%%' and a.rolname <> 'office_roles')",
    )
    assert inside == [], "nobody is a member of the owner or the keeper, and no group lies in another"
    if either.version >= 16:
        powers = rows(
            superuser,
            "select distinct admin_option, inherit_option, set_option from pg_auth_members m"
            " join pg_roles a on a.oid = m.member join pg_roles g on g.oid = m.roleid"
            " where a.rolname = 'office_roles' and g.rolname like 'office\\_%%'",
        )
        assert powers == [(True, False, False)]
