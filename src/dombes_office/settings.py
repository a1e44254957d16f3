"""Where the application finds its own files and keeps the few things that are not in the database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import platformdirs

VERSION = "0.1.0"
"""The version, as pyproject.toml has it: asking the installed package would cost the start 20 ms."""


def resource(name: str) -> Path:
    """The shipped file `name`, relative to `resources/`: in a bundle, in a wheel or in the source tree."""
    package = Path(__file__).parent
    for root in (Path(getattr(sys, "_MEIPASS", package)), package, package.parent.parent):
        found = root / "resources" / name
        if found.exists():
            return found
    raise FileNotFoundError(name)


def configuration_folder() -> Path:
    """The folder of this OS user's settings: connection profiles and window state, never a password."""
    return Path(platformdirs.user_config_dir("dombes-office", appauthor=False, roaming=True))


def local_folder() -> Path:
    """The folder of this OS user's local state: logs, and the demonstration's database."""
    return Path(platformdirs.user_data_dir("dombes-office", appauthor=False))


LOCK_MINUTES, SHORTEST_LOCK, LONGEST_LOCK = 10, 1, 60


def lock_minutes() -> int:
    """After how many minutes without a key or the mouse this desk locks: `lock_minutes` of `desk.json`, 1 to 60.

    Another number counts as the nearest one allowed; a file that is missing or broken, or no number, as ten minutes.
    """
    try:
        wanted = json.loads((configuration_folder() / "desk.json").read_text(encoding="utf-8"))["lock_minutes"]
        return max(SHORTEST_LOCK, min(LONGEST_LOCK, int(wanted)))
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return LOCK_MINUTES
