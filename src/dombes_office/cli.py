"""The command line: reads what is wanted, has it done, and tells the outcome in French.

Nothing heavy is imported here: the window must not wait for Alembic, nor `--version` for Qt. Each command imports what
it needs when it runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dombes_office.commands import INTERRUPTED, NBSP, OUTAGE, REFUSED, database, demo, mail, window
from dombes_office.commands.parser import Parser
from dombes_office.documents import RENDERER_CHILD
from dombes_office.errors import OfficeError, Outage
from dombes_office.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused, 2 wrong usage, 3 outage or bug."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == [RENDERER_CHILD]:
        # The reading process needs none of the rest.
        from dombes_office.documents.renderer_child import main as read_files  # noqa: PLC0415

        return read_files()
    _open_streams()
    wanted = command_line().parse_args(given)
    try:
        status: int = wanted.run(wanted)
    except OfficeError as error:
        print(error, file=sys.stderr)
        return OUTAGE if isinstance(error, Outage) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the border: whoever typed the command reads French and a number.
        _tell_bug(error)
        return OUTAGE
    return status


def command_line() -> Parser:
    """All that may be typed."""
    parser = Parser(prog="dombes-office", description="Le bureau des services aux familles.")
    parser.add_argument("--version", action="version", version=f"dombes-office {VERSION}", help="affiche la version")
    window.add_options(parser)
    commands = parser.add_subparsers(title="commandes", metavar="COMMANDE")
    for subject in (demo, database, mail):
        subject.add_commands(commands)
    return parser


def _tell_bug(error: Exception) -> None:
    """Keep a bug in the log under a number, and say so."""
    # Most commands end well without it.
    from dombes_office import incidents  # noqa: PLC0415

    incidents.keep_log()
    number = incidents.note(error)
    print(
        f"Une erreur de l’application a interrompu cette commande{NBSP}: incident {number}.\n"
        f"Transmettez à qui maintient l’application ce numéro et le journal {incidents.log_file()}{NBSP}: ni l’un ni"
        " l’autre ne nomme personne.",
        file=sys.stderr,
    )


def _open_streams() -> None:
    """A Windows console is not UTF-8, and a program without a console has no streams at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end.
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
