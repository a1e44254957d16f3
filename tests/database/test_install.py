"""Installing and upgrading an office, on the embedded server and on the operating system's over TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.database import install

if TYPE_CHECKING:
    from tests.postgres import MakeAgent, OfficeDatabase


def test_a_fresh_office_is_current(database: OfficeDatabase) -> None:
    assert install.status(database.open()).current


def test_an_agent_enters(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    assert database.raw(login).execute("select session_user").fetchone() == (login,)
