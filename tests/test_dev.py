"""The one door: what it looks for, what it says, and that its exit status is honest."""

from __future__ import annotations

import ast
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bench
import dev
import pytest
from bench.__main__ import main as measure
from bench.__main__ import table

if TYPE_CHECKING:
    from tests.conftest import LogWatch

LIBC = dev.library("libc6", "libc.so.6" if sys.platform == "linux" else "msvcrt")
NOWHERE = dev.library("libnowhere1", "libnowhere.so.1")
PASSES = [sys.executable, "-c", ""]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]


def door(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, dev.ROOT / "dev.py", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_it_stands_on_the_standard_library_alone() -> None:
    tree = ast.parse(Path(dev.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_names_every_command_with_what_it_does() -> None:
    answer = door("--help")
    assert answer.returncode == 0
    for name, act in dev.COMMANDS.items():
        assert f"{name:8}{act.__doc__}" in answer.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    answer = door("frobnicate")
    assert answer.returncode == 2
    assert "demo" in answer.stderr


def test_a_missing_part_is_named_by_its_package_once() -> None:
    assert dev.missing([LIBC, NOWHERE, NOWHERE]) == ["libnowhere1"]


def test_a_missing_program_is_seen() -> None:
    assert dev.missing([dev.program("nowhere", "no-such-program-anywhere")]) == ["nowhere"]


@pytest.mark.parametrize(
    ("environment", "platform", "answer"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_a_screen_is_looked_for_where_it_may_be_missing(
    environment: dict[str, str],
    platform: str,
    *,
    answer: bool,
) -> None:
    assert dev.has_screen(environment, platform) is answer


def test_one_failure_among_many_steps_fails_and_the_others_still_run(capfd: pytest.CaptureFixture[str]) -> None:
    assert dev.run_all({"first": FAILS, "second": PASSES}) == 1
    told = capfd.readouterr().out
    assert "FAILED  first" in told
    assert "passed  second" in told


def test_steps_that_pass_pass() -> None:
    assert dev.run_all({"first": PASSES, "second": PASSES}) == 0


def test_a_program_that_had_to_succeed_stops_everything() -> None:
    with pytest.raises(SystemExit, match="exit status 3 from"):
        dev.must(FAILS)


@pytest.mark.parametrize(
    ("touched", "changes"),
    [("requirements/dev.txt", True), ("pyproject.toml", True), ("src/dombes_office/errors.py", False)],
)
def test_set_up_is_done_again_when_what_it_installs_has_changed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    touched: str,
    *,
    changes: bool,
) -> None:
    for name in ("requirements/dev.txt", "pyproject.toml", "src/dombes_office/errors.py"):
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((dev.ROOT / name).read_bytes())
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "LOCK", tmp_path / "requirements" / "dev.txt")
    before = dev.wanted()
    file = tmp_path / touched
    file.write_text(file.read_text(encoding="utf-8").replace("0.1.0", "0.1.1") + "\n# Touched.\n", encoding="utf-8")
    assert (dev.wanted() != before) is changes


def figure(measured: float, budget: float = 3) -> bench.Figure:
    return bench.Figure(subject="queue", measured=measured, against="bare SQL", baseline=2.0, budget=budget)


def test_a_promise_is_kept_up_to_its_budget_and_not_beyond() -> None:
    assert figure(6.0).kept
    assert not figure(6.1).kept
    assert "kept    3.00x      3x" in table([figure(6.0)])
    assert "OVER    3.05x      3x" in table([figure(6.1)])


def test_a_subject_that_does_not_exist_cannot_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(["nothing-of-that-name"]) == 2
    assert "No such subject: nothing-of-that-name" in capsys.readouterr().err


def test_an_announced_log_line_is_accepted(expect_log: LogWatch) -> None:
    expect_log(logging.WARNING, "server .* gone")
    logging.getLogger("dombes_office.somewhere").warning("the server is gone")


def test_a_log_line_is_a_complaint_when_nobody_announced_it(expect_log: LogWatch) -> None:
    watch = type(expect_log)()
    watch(logging.ERROR, "never comes")
    watch.emit(logging.LogRecord("office", logging.WARNING, __file__, 1, "disk %s", ("full",), None))
    assert watch.complaints() == ["unexpected WARNING office: disk full", "no ERROR that matches 'never comes'"]
