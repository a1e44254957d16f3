"""The reading process, once its walls are up, can write no file, start no program and reach no network."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS = """
import ctypes, json, os, socket, subprocess, sys, threading
from dombes_office.documents.confinement import confine, readable_folders
folder, secret, wall = sys.argv[1:4]
if wall == "up":
    confine(300 * 1024 * 1024, readable=readable_folders())
def write():
    with open(os.path.join(folder, "clear.txt"), "w") as target:
        target.write("x")
def remove():
    os.unlink(secret)
def look():
    with open(secret) as source:
        source.read()
def network():
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
def program():
    os.posix_spawn("/bin/true", ["true"], {})
def fork():
    if os.fork() == 0:
        os._exit(0)
def signal_parent():
    os.kill(os.getppid(), 0)
def memory():
    bytearray(600 * 1024 * 1024)
def thread():
    started = threading.Thread(target=int)
    started.start()
    started.join()
def library():
    with open(json.__file__) as source:
        source.read()
told = {}
for act in (look, network, program, fork, signal_parent, memory, thread, library, write, remove):
    try:
        act()
        told[act.__name__] = "done"
    except (OSError, MemoryError) as error:
        told[act.__name__] = type(error).__name__
os.write(1, json.dumps(told).encode())
"""


def attempts(folder: Path, wall: str) -> dict[str, Any]:
    secret = folder / "secret.txt"
    secret.write_text("IBAN", encoding="utf-8")
    command = [sys.executable, "-B", "-W", "ignore", "-c", ATTEMPTS, str(folder), str(secret), wall]
    answer = subprocess.run(command, check=True, capture_output=True, timeout=60)
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


if sys.platform == "linux":

    def test_without_walls_everything_works(tmp_path: Path) -> None:
        """The negative control: the attempts themselves are sound."""
        assert set(attempts(tmp_path, "down").values()) == {"done"}

    def test_within_its_walls_nothing_does(tmp_path: Path) -> None:
        told = attempts(tmp_path, "up")
        assert told.pop("thread") == told.pop("library") == "done"
        assert "done" not in told.values()
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["secret.txt"]
