"""The one door for people who work on Dombes Office: demo, test, check, bench, pack, lock.

Standard library only, Python 3.11 or newer, Linux and Windows. Each command first prepares `.venv` from the locked
dependencies; a stamp remembers what was installed, so that the next command starts at once.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / "installed.sha256"
BUNDLE = ROOT / "dist" / "dombes-office"
UV = "uv>=0.13"

Command = Sequence[str | Path]
PIP_INSTALL: Command = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")


class Part(NamedTuple):
    """A piece of the operating system: the Debian package that brings it, and how to see that it is there."""

    package: str
    present: Callable[[], bool]


def library(package: str, soname: str) -> Part:
    """A shared library, seen by loading it."""

    def loads() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return Part(package, loads)


def program(package: str, name: str) -> Part:
    """A program, seen on the path."""
    return Part(package, lambda: shutil.which(name) is not None)


# What PySide6's wheels expect from the system, found on a Debian that had nothing but Python and git.
QT = (
    library("libegl1", "libEGL.so.1"),
    library("libgl1", "libGL.so.1"),
    library("libxkbcommon0", "libxkbcommon.so.0"),
    library("libdbus-1-3", "libdbus-1.so.3"),
    library("libfontconfig1", "libfontconfig.so.1"),
    library("libglib2.0-0", "libglib-2.0.so.0"),
)
# A real window on X11 or Wayland wants these besides; pictures and tests do not.
SCREEN = (
    library("libxcb-cursor0", "libxcb-cursor.so.0"),
    library("libxcb-icccm4", "libxcb-icccm.so.4"),
    library("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    library("libxcb-shape0", "libxcb-shape.so.0"),
    library("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
    library("libwayland-cursor0", "libwayland-cursor.so.0"),
    library("libwayland-egl1", "libwayland-egl.so.1"),
)
# The embedded server is built without TLS: its tests start a cluster of their own from Debian's programs.
SERVER = (
    Part("postgresql", lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    program("openssl", "openssl"),
)
PACKER = (
    program("binutils", "objdump"),
    library(f"libpython3.{sys.version_info.minor}", f"libpython3.{sys.version_info.minor}.so.1.0"),
)
INSTALLER = (Part(f"python3.{sys.version_info.minor}-venv", lambda: importlib.util.find_spec("ensurepip") is not None),)


def say(text: str) -> None:
    """One line for the person at the terminal, in order with what the programs print."""
    print(text, flush=True)


def run(command: Command, **environment: str) -> int:
    """Start a program in the project's folder and wait; its exit status."""
    return subprocess.run(command, cwd=ROOT, check=False, env=os.environ | {"PYTHONUTF8": "1"} | environment).returncode


def must(command: Command, **environment: str) -> None:
    """Start a program that has to succeed: with its failure, we stop too."""
    if status := run(command, **environment):
        raise SystemExit(f"dev.py: exit status {status} from: {shlex.join(map(str, command))}")


def has_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown here."""
    return platform != "linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def missing(parts: Iterable[Part]) -> list[str]:
    """The Debian packages whose part is not on this machine, each once."""
    return list(dict.fromkeys(part.package for part in parts if not part.present()))


@contextmanager
def no_cluster_of_its_own() -> Iterator[None]:
    """Debian's `postgresql` would make and start a cluster that nobody asked for: tell it not to, this once."""
    wish = Path("/etc/postgresql-common/createcluster.d/dombes-office.conf")
    wish.parent.mkdir(parents=True, exist_ok=True)
    wish.write_text("create_main_cluster = false\n", encoding="ascii")
    try:
        yield
    finally:
        wish.unlink(missing_ok=True)


def ensure_system(parts: Sequence[Part]) -> None:
    """Bring what the operating system lacks when we are root on Debian or Ubuntu; otherwise name it and stop."""
    packages = missing(parts) if sys.platform == "linux" else []
    if not packages:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise SystemExit(f"dev.py: install what Debian calls {' '.join(packages)}, then retry.")
    if not os.access("/var/lib/dpkg", os.W_OK):
        raise SystemExit(f"dev.py: this system lacks some packages. Run, then retry:\n    sudo {shlex.join(install)}")
    say(f"Installing with apt: {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    must(["apt-get", "update", "-qq"], **quiet)
    with no_cluster_of_its_own():
        must([*install, "-qq", "-o=Dpkg::Use-Pty=0"], **quiet)
    if still := missing(part for part in parts if part.package in packages):
        raise SystemExit(f"dev.py: installed, yet still not found: {' '.join(still)}")


def wanted() -> str:
    """The fingerprint of what `.venv` must hold: lock file, the project's own entry points, Python, place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = json.dumps(
        [project["project"], project["build-system"], sys.implementation.cache_tag, str(ROOT)], sort_keys=True
    )
    return hashlib.sha256(LOCK.read_bytes() + own.encode()).hexdigest()


def fill_venv(fingerprint: str) -> None:
    """Make `.venv` and install the locked dependencies, each checked against its hash, then the project itself."""
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists() or run(
        [PYTHON, "-c", f"import pip, sys; sys.exit(sys.implementation.cache_tag != {sys.implementation.cache_tag!r})"]
    ):
        say("Making .venv")
        must([sys.executable, "-m", "venv", "--clear", VENV])
    say("Installing the locked dependencies into .venv (once; a minute or two)")
    must([*PIP_INSTALL, "--require-hashes", "--only-binary=:all:", "--requirement", LOCK])
    must([*PIP_INSTALL, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    STAMP.write_text(fingerprint, encoding="ascii")


def prepare(*parts: Part) -> None:
    """Everything that a command stands on: the system's parts, then `.venv`; at once when the stamp fits."""
    fingerprint = wanted()
    ready = PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") == fingerprint
    ensure_system(parts if ready else (*parts, *INSTALLER))
    if not ready:
        fill_venv(fingerprint)


def demo(rest: list[str]) -> int:
    """The application on demo data; without a screen, the tour and its pictures."""
    if has_screen():
        prepare(*QT, *SCREEN)
        return run([PYTHON, "-m", "dombes_office", "--demo", *rest])
    prepare(*QT)
    pictures = ROOT / "out" / "tour"
    say("No display here: the tour drives the real windows and takes pictures of them.")
    status = run([PYTHON, "-m", "dombes_office", "tour", "--out", pictures, *rest], QT_QPA_PLATFORM="offscreen")
    say(f"The pictures are in {pictures}" if status == 0 else f"The tour failed with exit status {status}.")
    return status


LINT: Mapping[str, Command] = {
    "ruff check": [PYTHON, "-m", "ruff", "check"],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
    "mypy": [PYTHON, "-m", "mypy"],
    "import-linter": [PYTHON.with_name("lint-imports" + PYTHON.suffix)],
}


def run_all(steps: Mapping[str, Command]) -> int:
    """Every step, even after a failure, then one line for each; 0 only when all of them passed."""
    outcomes: dict[str, tuple[int, float]] = {}
    for name, command in steps.items():
        say(f"--- {name}")
        start = time.monotonic()
        outcomes[name] = (run(command, QT_QPA_PLATFORM="offscreen"), time.monotonic() - start)
    say("---")
    for name, (status, seconds) in outcomes.items():
        say(f"{'passed' if status == 0 else 'FAILED':8}{name:16}{seconds:7.1f} s")
    return int(any(status for status, _ in outcomes.values()))


def check(_rest: list[str]) -> int:
    """The linters alone."""
    prepare()
    return run_all(LINT)


def test(rest: list[str]) -> int:
    """The linters, then the whole test suite; further arguments go to pytest."""
    prepare(*QT, *SERVER)
    workers = str(min(8, max(2, os.cpu_count() or 2)))
    suite: Command = [PYTHON, "-m", "pytest", "-n", workers, "--dist", "loadgroup", *rest]
    return run_all({**LINT, "pytest": suite})


def bench(rest: list[str]) -> int:
    """The measurements, each as a ratio with its budget; further arguments name the ones wanted."""
    prepare(*QT)
    return run([PYTHON, "-m", "bench", *rest], QT_QPA_PLATFORM="offscreen")


def pack(rest: list[str]) -> int:
    """The one-folder bundle in dist/, started once to see that it answers."""
    prepare(*QT, *PACKER)
    must([PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *rest, "pyinstaller.spec"])
    executable = BUNDLE / ("dombes-office-cli.exe" if os.name == "nt" else "dombes-office-cli")
    must([executable, "--version"], QT_QPA_PLATFORM="offscreen")
    size = sum(file.lstat().st_size for file in BUNDLE.rglob("*"))
    say(f"{BUNDLE}: {size / 1e6:.0f} MB")
    return 0


def lock(rest: list[str]) -> int:
    """Both lock files anew from pyproject.toml, for Linux and Windows; further arguments (`--upgrade`) go to uv."""
    prepare()
    must([*PIP_INSTALL, UV])
    compiler: Command = [PYTHON, "-m", "uv", "--system-certs", "pip", "compile", "pyproject.toml", "--extra", "local"]
    # Only wheels are ever installed (see `fill_venv`), so nothing else may be pinned.
    wheels = ["--only-binary", ":all:", "--universal", "--python-version", "3.11"]
    shape = ["--quiet", *wheels, "--generate-hashes", "--no-header", "--no-annotate"]
    for target, groups in {LOCK.with_name("app.txt"): [], LOCK: ["--group", "dev"]}.items():
        must([*compiler, *groups, *shape, *rest, "--output-file", target])
        say(f"{target.relative_to(ROOT)} is written")
    return 0


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    act.__name__: act for act in (demo, test, check, bench, pack, lock)
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run the command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="The one door for people who work on Dombes Office.",
        epilog="\n".join(f"  {name:8}{act.__doc__}" for name, act in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    known, rest = parser.parse_known_args(arguments)
    return COMMANDS[known.command](rest)


if __name__ == "__main__":
    sys.exit(main())
