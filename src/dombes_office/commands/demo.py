"""The demonstration: invented families in a new database, a window on them, and the guided tour."""

# ruff: noqa: PLC0415 - nothing heavy may be imported to read the command line.

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dombes_office.commands import DONE
from dombes_office.commands.connection import open_database
from dombes_office.commands.parser import finish
from dombes_office.settings import local_folder

if TYPE_CHECKING:
    from dombes_office.commands.parser import Parser
    from dombes_office.database.engine import Database

DEMO_SIZE = "village"
DEMO_SEED = 1


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """`tour` and `demo-data`; `--demo` is an option of the window."""
    tour = commands.add_parser("tour", help="parcourt les écrans et en garde les images")
    tour.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="où mettre les images")
    tour.set_defaults(run=take_tour)
    demo = commands.add_parser("demo-data", help="remplit une base neuve de familles inventées")
    demo.add_argument("--size", required=True, choices=("village", "dombes", "metropole"), help="combien")
    demo.add_argument("--seed", type=int, default=DEMO_SEED, metavar="N", help="les mêmes familles pour le même nombre")
    demo.add_argument("--today", type=_day, default=None, metavar="AAAA-MM-JJ", help="le jour où l’on se place")
    finish(demo, fill_with_demo)


def _day(text: str) -> date:
    """A day as it is typed; argparse tells what is wrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n’est pas un jour comme 2026-11-22") from None


def fill_with_demo(wanted: argparse.Namespace) -> int:
    """`demo-data`."""
    with open_database(wanted) as database:
        _load_demo(database, wanted.size, wanted.seed, wanted.today or _today())
    return DONE


def _load_demo(database: Database, size: str, seed: int, today: date) -> None:
    """Fill the office through a plain connection: rows are copied in."""
    from dombes_office.database.engine import plain_connection
    from dombes_office.demo.loader import load
    from dombes_office.demo.plan import SIZES

    with plain_connection(database.target, str(database.settings.get("password", ""))) as connection:
        report = load(connection, size=SIZES[size], seed=seed, today=today, say=print)
    print(f"{report.families} familles, {report.requests} demandes dont {report.waiting} à examiner.")


def take_tour(wanted: argparse.Namespace) -> int:
    """`tour`."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from dombes_office.demo.tour import run_tour

    run_tour(wanted.out)
    return DONE


def show_demo(as_login: str | None) -> int:
    """The window on the demonstration's own database, made on first use."""
    from dombes_office.app import run
    from dombes_office.database.desk import check_desk
    from dombes_office.demo.embedded import demo_server
    from dombes_office.demo.staff import AGENTS
    from dombes_office.signing_in import Opening

    folder = local_folder() / "demo"
    with demo_server(folder, size=DEMO_SIZE, seed=DEMO_SEED, today=_today(), say=print) as demo:
        database = demo.open(as_login or AGENTS[0].login)
        return run(Opening(database, database.transact(check_desk)))


def _today() -> date:
    """The day on this machine's calendar: that is what people mean by today."""
    return date.today()  # noqa: DTZ011 - see above.
