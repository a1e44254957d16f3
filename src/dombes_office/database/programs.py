"""PostgreSQL's own programs, pg_dump and pg_restore: finding them, running them, telling why they failed."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dombes_office.errors import DiskFull, Outage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def find_programs(server_version: int) -> Path:
    """The folder of a pg_dump that is not older than the server.

    Raises:
        Outage: there is none on this machine.
    """
    wanted = server_version // 10000
    folders = [Path(found).parent for found in [shutil.which("pg_dump")] if found]
    for root, pattern in (("/usr/lib/postgresql", "*/bin"), ("C:/Program Files/PostgreSQL", "*/bin")):
        folders += sorted(Path(root).glob(pattern), reverse=True)
    for folder in folders:
        if _version(folder / "pg_dump") >= wanted:
            return folder
    raise Outage(
        f"Il manque le programme pg_dump de PostgreSQL {wanted} ou plus récent sur ce poste.",
        f"Installez « postgresql-client-{wanted} », ou lancez la sauvegarde sur le serveur.",
    )


def _version(program: Path) -> int:
    """The major version of a program, 0 where it does not start."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603 - a path that we found.
    except OSError:
        return 0
    found = re.search(r"\) ([0-9]+)", answer.stdout)
    return int(found[1]) if found else 0


@contextlib.contextmanager
def running(command: Sequence[str | Path], environment: Mapping[str, str], sentence: str) -> Iterator[IO[bytes]]:
    """Run a program and read what it writes; killed where the reader leaves before its end.

    Raises:
        DiskFull: the program met a full disk.
        Outage: it failed otherwise; `sentence` says what that means.
    """
    hidden = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs.
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**environment, "LC_ALL": "C"},
            creationflags=hidden,
        ) as program,
    ):
        try:
            if program.stdout is None:
                raise TypeError(command[0])
            yield program.stdout
            if program.wait():
                raise _failure(sentence, complaints)
        finally:
            if program.poll() is None:
                program.kill()


def _failure(sentence: str, complaints: IO[bytes]) -> Outage:
    """The outage behind a program's failure; only its first line, for the next ones may quote rows."""
    complaints.seek(0)
    first = complaints.readline(400).decode("utf-8", "replace").strip()
    if "No space left" in first:
        return DiskFull("Le disque est plein.", "Libérez de la place, puis recommencez.")
    return Outage(sentence, f"Montrez ce message à l’administrateur : {first}")
