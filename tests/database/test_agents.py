"""Agents made, changed and suspended by the application's functions: who may, what is refused, and on both servers.

On PostgreSQL 15 the functions' own checks are the only wall, for a role that may create logins may do nearly anything.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.database.acts import (
    ALLOWED,
    CREATE,
    GROUPS,
    NO_RIGHT,
    PASSPHRASE,
    PASSWORD,
    RESUME,
    SCOPE,
    SUSPEND,
    VERIFIER,
    answer,
    chief,
    one,
    opened,
    refusal,
    rows,
)

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import Raw


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
    assert powers == [False, False, False, False, False, True, True, 20]
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
    for verifier, creating in itertools.product(BAD_VERIFIERS, (True, False)):
        if creating:
            found = refusal(admin, CREATE, "lea", "Léa", verifier, [], [])
        else:
            found = refusal(admin, PASSWORD, boss, verifier)
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
