"""The command without a name: the window, at the sign-in or on the database that was named."""

# ruff: noqa: PLC0415 - nothing heavy may be imported to read the command line.

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from dombes_office.commands.connection import open_database
from dombes_office.commands.demo import show_demo
from dombes_office.commands.parser import add_connection
from dombes_office.errors import InvalidEntry

if TYPE_CHECKING:
    import argparse

    from dombes_office.commands.parser import Parser


def add_options(parser: Parser) -> None:
    """What may stand without a command."""
    parser.add_argument("--demo", action="store_true", help="ouvre la démonstration")
    add_connection(parser)
    parser.set_defaults(run=show_window, url=None, profile=None, local=None, as_login=None)


def show_window(wanted: argparse.Namespace) -> int:
    """The application: signed in on the demonstration or on the database that was named, else at the sign-in window."""
    from dombes_office.app import run

    if wanted.demo:
        if wanted.url or wanted.profile or wanted.local:
            raise InvalidEntry("La démonstration a sa propre base.", "Retirez --url, --profile ou --local.")
        return show_demo(wanted.as_login)
    if not (wanted.url or wanted.profile or wanted.local):
        return run()
    from dombes_office.database.desk import check_desk
    from dombes_office.rules.agents import REVIEWER
    from dombes_office.signing_in import Opening, try_password

    with open_database(wanted, REVIEWER, at_desk=True) as database:
        guarded = bool(database.settings.get("password"))
        unlock = functools.partial(try_password, database.target) if guarded else None
        return run(Opening(database, database.transact(check_desk), unlock))
