"""From the start of the process to the sign-in window on the screen, against a bare window with the same Qt modules."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Figure

RUNS = 10
WARM_UP = 2
"""Starts that are not counted: byte code is written, files come into the memory of the operating system."""
OVER_BARE = 1.5
GIVE_UP = 60
PROGRAM = "bench._first_paint"
PAINTED = "painted "
USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")


def run() -> list[Figure]:
    """Both take turns, each in a fresh process; the medians."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        environment = quiet_environment(Path(folder))
        _, modules = start(environment, "office")
        times: dict[str, list[float]] = {"office": [], "bare": []}
        for turn in range(WARM_UP + RUNS):
            for what, taken in times.items():
                elapsed, _ = start(environment, what, *(modules if what == "bare" else ()))
                if turn >= WARM_UP:
                    taken.append(elapsed)
    return [
        Figure(
            subject="from the start to the sign-in window",
            measured=statistics.median(times["office"]),
            against=f"a bare window with {', '.join(modules)}",
            baseline=statistics.median(times["bare"]),
            budget=OVER_BARE,
        )
    ]


def quiet_environment(folder: Path) -> dict[str, str]:
    """Nobody's settings, no screen, no keyring: a desk on its first day."""
    folders = {}
    for name in USER_FOLDERS:
        (folder / name).mkdir(mode=0o700)
        folders[name] = str(folder / name)
    # A desk has its byte code; a developer's wish to write none would have every file compiled at each start.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | folders | {"QT_QPA_PLATFORM": "offscreen"}


def start(environment: dict[str, str], *arguments: str) -> tuple[float, list[str]]:
    """Start a fresh process; the milliseconds until it says that its window is painted, and its Qt modules."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", PROGRAM, *arguments]
    with subprocess.Popen(  # noqa: S603 - our own program, twice.
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for.
        line = process.stdout.readline()
        elapsed = (time.perf_counter() - begun) * 1000
        _, complaints = process.communicate(timeout=GIVE_UP)
    if process.returncode or not line.startswith(PAINTED):
        raise RuntimeError(f"{PROGRAM} {' '.join(arguments)} ended with {process.returncode}: {line}{complaints}")
    return elapsed, line.removeprefix(PAINTED).split()
