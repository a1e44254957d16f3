"""None and True must not run out of references on Python 3.11, whatever PySide6 gives back too often."""

from __future__ import annotations

import subprocess
import sys

import pytest

CALLS = """
from PySide6.QtCore import QObject
thing = QObject()
for _ in range(300_000):
    thing.setObjectName("a")
print("alive")
"""
SIGNALS = """
from PySide6.QtCore import QObject, Signal
class Bell(QObject):
    rung = Signal()
bell = Bell()
for _ in range(30_000):
    bell.rung.emit()
print("alive")
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("calls", [CALLS, SIGNALS])
def test_qt_calls_do_not_use_none_and_true_up(calls: str) -> None:
    assert run("import dombes_office\n" + calls).stdout == "alive\n"


@pytest.mark.parametrize("calls", [CALLS, SIGNALS])
def test_without_the_package_they_may(calls: str) -> None:
    # The day this fails on Python 3.11, PySide6 is mended and interpreter.py can go.
    survived = run(calls).returncode == 0
    assert survived == (sys.version_info >= (3, 12))
