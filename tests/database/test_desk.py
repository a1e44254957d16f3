"""Signing in: each reason to refuse has its own sentence, and the agent is known with her groups and authorities."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from dombes_office.database.desk import check_desk
from dombes_office.errors import AgentUnknown, OfficeError, RoleTooPowerful, SchemaTooNew, SchemaTooOld
from dombes_office.rules.agents import Agent

if TYPE_CHECKING:
    from tests.postgres import MakeAgent, OfficeDatabase


@pytest.fixture
def communes(database: OfficeDatabase) -> list[int]:
    """Three authorities, in another order than that of their names."""
    return [
        row[0]
        for name in ("Villars", "Ambérieux", "Chalamont")
        for row in database.raw().execute(
            "insert into office.authority (kind, name, short_name) values ('commune', %s, %s) returning id",
            [name, name],
        )
    ]


def test_an_agent_is_known(database: OfficeDatabase, make_agent: MakeAgent, communes: list[int]) -> None:
    login = make_agent("anne", groups=["office_reviewer", "office_reception"], authorities=communes[:2])
    agent = database.open(login).transact(check_desk)
    assert agent == Agent(
        login=login,
        display_name="Anne",
        groups=frozenset({"office_reviewer", "office_reception"}),
        authorities=((communes[1], "Ambérieux"), (communes[0], "Villars")),
        sees_everything=False,
        server_version=agent.server_version,
    )
    assert agent.server_version.startswith("18.")
    assert agent.may_decide
    assert not agent.may_administer


def test_an_agent_of_every_authority_sees_everything(
    database: OfficeDatabase, make_agent: MakeAgent, communes: list[int]
) -> None:
    login = make_agent("anne", groups=["office_finance"], authorities=communes)
    assert database.open(login).transact(check_desk).sees_everything


def refusal(database: OfficeDatabase, login: str) -> OfficeError:
    with pytest.raises(OfficeError) as caught:
        database.open(login).transact(check_desk)
    assert caught.value.sentence
    assert caught.value.way_out
    return caught.value


def test_the_superuser_is_refused(database: OfficeDatabase) -> None:
    assert type(refusal(database, "postgres")) is RoleTooPowerful


@pytest.mark.parametrize(
    "power",
    [
        "alter role {} superuser",
        "alter role {} bypassrls",
        "alter role {} createrole",
        "alter role {} createdb",
        "alter role {} replication",
        "grant office_owner to {}",
        "grant office_roles to {}",
        "grant pg_read_all_data to {}",
        "grant pg_write_all_data to {}",
        "grant pg_execute_server_program to {}",
        "grant pg_read_server_files to {}",
        "grant pg_signal_backend to {}",
        "grant pg_monitor to {}",
    ],
)
def test_a_role_with_more_power_than_an_agent_is_refused(
    database: OfficeDatabase, make_agent: MakeAgent, power: str
) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    database.raw().execute(sql.SQL(power).format(sql.Identifier(login)))
    assert type(refusal(database, login)) is RoleTooPowerful


def test_a_login_without_a_group_is_unknown(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    login = make_agent("anne")
    grant = sql.SQL("grant connect on database {} to {}").format(sql.Identifier(database.name), sql.Identifier(login))
    database.raw().execute(grant)
    assert type(refusal(database, login)) is AgentUnknown


def test_a_login_that_may_not_connect_is_unknown(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    assert type(refusal(database, make_agent("anne"))) is AgentUnknown


@pytest.mark.parametrize(
    "change", ["update office.staff_member set suspended_at = now()", "delete from office.staff_member"]
)
def test_a_suspended_or_deleted_agent_is_unknown(database: OfficeDatabase, make_agent: MakeAgent, change: str) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    database.raw().execute(change.encode())
    assert type(refusal(database, login)) is AgentUnknown


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("update office.alembic_version set version_num = '0001'", SchemaTooOld),
        ("update office.alembic_version set version_num = '9999'", SchemaTooNew),
        ("update office.installed_guard set sha256 = 'other' where name = '20_rights.sql'", SchemaTooOld),
        ("drop schema office cascade", SchemaTooOld),
    ],
)
def test_another_schema_is_refused(
    database: OfficeDatabase, make_agent: MakeAgent, change: str, expected: type[OfficeError]
) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    database.raw().execute(change.encode())
    assert type(refusal(database, login)) is expected


def test_rights_follow_the_groups() -> None:
    nobody = Agent("x", "X", frozenset(), (), sees_everything=False, server_version="18")

    def rights(group: str) -> list[str]:
        agent = dataclasses.replace(nobody, groups=frozenset({group}))
        return [name for name in dir(Agent) if name.startswith("may_") and getattr(agent, name)]

    counter = ["may_see_families", "may_see_mail", "may_see_requests", "may_work_at_counter"]
    assert rights("office_reception") == counter
    assert rights("office_reviewer") == ["may_decide", "may_read_bank", "may_read_health", *counter]
    assert rights("office_planner") == ["may_plan", "may_see_families"]
    assert rights("office_finance") == ["may_read_bank", "may_see_families"]
    assert rights("office_admin") == ["may_administer", "may_see_mail"]
    assert rights("office_mailer") == ["may_see_mail", "may_send_mail"]
    assert rights("office_animator") == []
