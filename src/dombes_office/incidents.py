"""Bugs as the administrator hears of them: a number, where it happened, and the log that keeps both.

Never the message of an exception, nor a value: those may name people.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import traceback
from typing import TYPE_CHECKING

from dombes_office import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger(__name__)

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
"""How a line of a log reads: the time first."""


def outline(error: BaseException) -> str:
    """Where an exception came from, without its message or any value."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{_place(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__module__}.{type(error).__qualname__} {places}".strip()


def _place(filename: str) -> str:
    """A file of ours from the package on, any other by its name alone: a path may hold the name of a person."""
    _, found, inside = filename.rpartition("dombes_office")
    return inside if found else filename.replace("\\", "/").rpartition("/")[2]


def note(error: BaseException) -> str:
    """Write a bug into the log; the number under which it stands there."""
    number = secrets.token_hex(3).upper()
    _log.critical("incident %s: %s", number, outline(error))
    return number


def log_file() -> Path:
    """Where the log is kept."""
    return settings.local_folder() / "log" / "dombes-office.log"


def keep_log() -> None:
    """Write incidents where the administrator finds them: a program with a window has no terminal.

    A folder that cannot be written costs the log, not the work.
    """
    # Imported late: it brings sockets and queues, and the sign-in window must not wait for them.
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415

    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    except OSError:
        return
    _add(handler)


@contextlib.contextmanager
def log_on_terminal() -> Iterator[None]:
    """Write the log on the terminal meanwhile, for a command that runs for days: a service keeps what it says."""
    handler = logging.StreamHandler()
    _add(handler)
    try:
        yield
    finally:
        logging.getLogger("dombes_office").removeHandler(handler)


def _add(handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(LINE))
    logger = logging.getLogger("dombes_office")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
