"""The command that sends the e-mails of the outbox."""

# ruff: noqa: PLC0415 - nothing heavy may be imported to read the command line.

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from dombes_office.commands import DONE
from dombes_office.commands.connection import open_database
from dombes_office.commands.parser import finish
from dombes_office.settings import configuration_folder

if TYPE_CHECKING:
    import argparse

    from dombes_office.commands.parser import Parser


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """`mail send`."""
    mail = commands.add_parser("mail", help="courriels aux familles").add_subparsers(required=True, metavar="ACTION")
    send = mail.add_parser("send", help="envoie les courriels en attente")
    send.add_argument("--once", action="store_true", help="s’arrête quand il n’y en a plus")
    send.add_argument("--smtp", type=Path, default=None, metavar="FICHIER", help="les réglages du serveur de courriel")
    finish(send, send_mail)


def send_mail(wanted: argparse.Namespace) -> int:
    """`mail send`: until interrupted, or with `--once` until nothing is left."""
    from dombes_office import incidents
    from dombes_office.database.trail import seal_trail
    from dombes_office.mailing.mailer import Mailer
    from dombes_office.mailing.server import read_mail_server
    from dombes_office.rules.agents import MAILER

    server = read_mail_server(wanted.smtp or configuration_folder() / "mail.toml")
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with incidents.log_on_terminal(), open_database(wanted, MAILER) as database:
        report = Mailer(database.transact, server, idle=seal_trail).run(stop, once=wanted.once)
    print(f"{report.sent} courriels partis, {report.postponed} remis à plus tard, {report.refused} refusés.")
    return DONE
