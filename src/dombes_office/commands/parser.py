"""The command line's reader: argparse, in French where people read it, and what all commands have in common."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from dombes_office.commands import NBSP, WRONG_USAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[argparse.Namespace], int]
    """Does what was asked; the exit status."""

COMPLAINTS = (
    (r"the following arguments are required: ", r"il manque "),
    (r"unrecognized arguments: ", r"inconnu, "),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 et \2 ne vont pas ensemble"),
    (r"argument (\S+): expected one argument", r"\1 attend une valeur"),
    (r"argument (\S+): ignored explicit argument ", r"\1 n’attend pas de valeur, et reçoit "),
    (r"argument (\S+): invalid \w+ value: ", r"\1 ne peut pas valoir "),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)", r"\1 ne peut pas valoir \2, mais \3"),
    (r"argument (\S+): ", r"\1, "),
)
"""What argparse complains of, and how it is said here."""


class Help(argparse.HelpFormatter):
    """The help, all in French."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401 - argparse's own.
        """The line that shows how to write the command."""
        super().add_usage(usage, actions, groups, f"Usage{NBSP}: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """A title, with the space that French wants before its colon."""
        super().start_section(heading and f"{heading}{NBSP}")


class Parser(argparse.ArgumentParser):
    """argparse, in French where people read it."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own.
        super().__init__(**options | {"add_help": False, "allow_abbrev": False, "formatter_class": Help})
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")
        self._positionals.title = "à indiquer"
        self._optionals.title = "options"

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is; exit status 2."""
        for english, french in COMPLAINTS:
            message = re.sub(english, french, message)
        print(f"Usage incorrect{NBSP}: {message}\nAide{NBSP}: {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def finish(parser: Parser, run: Run) -> None:
    """A command that works on a database."""
    add_connection(parser)
    parser.set_defaults(run=run)


def add_connection(parser: Parser) -> None:
    """Which database, and as whom; left out, nothing of what stood before the command is overwritten."""
    options: dict[str, Any] = {"default": argparse.SUPPRESS}
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", metavar="URL", help="postgresql://agent@serveur/base", **options)
    where.add_argument("--profile", metavar="NOM", help="une connexion enregistrée", **options)
    where.add_argument("--local", metavar="DOSSIER", type=Path, help="une base dans ce dossier", **options)
    parser.add_argument("--as", dest="as_login", metavar="AGENT", help="l’agent, sur une base locale", **options)
