"""None must not run out of references on Python 3.11, whatever PySide6 gives back too often."""

from __future__ import annotations

import subprocess
import sys

CALLS = """
from PySide6.QtCore import QObject
thing = QObject()
for _ in range(300_000):
    thing.setObjectName("a")
print("alive")
"""


def run(first: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", first + CALLS], capture_output=True, text=True, timeout=60, check=False
    )


def test_qt_calls_do_not_use_none_up() -> None:
    assert run("import dombes_office\n").stdout == "alive\n"


def test_without_the_package_they_may() -> None:
    # The day this fails on Python 3.11, PySide6 is mended and interpreter.py can go.
    survived = run("").returncode == 0
    assert survived == (sys.version_info >= (3, 12))
