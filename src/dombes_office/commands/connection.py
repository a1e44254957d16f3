"""Which database a command speaks of, and as whom: an address, a saved connection or a folder."""

# ruff: noqa: PLC0415 - nothing heavy may be imported to read the command line.

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from dombes_office.commands import NBSP
from dombes_office.errors import InvalidEntry, Outage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from dombes_office.database.backup import Archives
    from dombes_office.database.engine import Database
    from dombes_office.rules.connections import Target


def address(wanted: argparse.Namespace) -> tuple[Target, str]:
    """The server that was named, and its password: from the vault, the environment, or the keyboard."""
    from dombes_office.credentials import SavedProfiles, Vault
    from dombes_office.database.opening import target_of_url

    if wanted.as_login:
        raise InvalidEntry("L’option --as ne vaut que pour une base locale.", "Écrivez l’agent dans l’adresse.")
    password: str | None = None
    if wanted.url:
        target = target_of_url(wanted.url)
    elif wanted.profile:
        target = SavedProfiles().find(wanted.profile).target
        with contextlib.suppress(Outage):  # Without a vault the password is asked for.
            password = Vault().recall(target)
    else:
        raise InvalidEntry("Indiquez la base.", "Ajoutez --url, --profile ou --local.")
    password = password or os.environ.get("PGPASSWORD")
    if not password and not target.host.startswith("/") and sys.stdin is not None and sys.stdin.isatty():
        import getpass

        password = getpass.getpass(f"Mot de passe de {target.login}{NBSP}: ")
    return target, password or ""


@contextlib.contextmanager
def open_database(wanted: argparse.Namespace, group: str = "", *, at_desk: bool = False) -> Iterator[Database]:
    """The database that was named. In a local one, as `--as`, or an agent of the group, or else its superuser.

    `at_desk` is for whoever waits before a screen: a statement may take half a minute there, and is given all its time
    elsewhere.
    """
    from dombes_office.database.engine import DESK, UNLIMITED, Database
    from dombes_office.database.opening import LOCAL_DATABASE, first_agent, local_server, superuser

    limits = DESK if at_desk else UNLIMITED
    if wanted.local is None:
        with Database(*address(wanted), limits=limits) as database:
            yield database
        return
    with local_server(wanted.local) as server:
        login = wanted.as_login or (first_agent(server, group) if group else "")
        if not login:
            with superuser(server) as database:
                yield database
            return
        with Database(server.target(login, LOCAL_DATABASE), server.password(login), limits=limits) as database:
            yield database


@contextlib.contextmanager
def open_archives(wanted: argparse.Namespace, *, with_office: bool) -> Iterator[Archives]:
    """What makes and reads backups of the database that was named."""
    from dombes_office.database.backup import Archives
    from dombes_office.database.opening import LOCAL_DATABASE, local_server

    if wanted.local is None:
        yield Archives(*address(wanted))
        return
    with local_server(wanted.local, with_office=with_office) as server:
        yield Archives(server.target(database=LOCAL_DATABASE), server.password(), programs=server.programs)
