"""Habits of an agent: kept at once, one file for each login, never a reason to stop."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from dombes_office.views.memory import AgentMemory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LogWatch


def test_habits_last_and_belong_to_one_login(tmp_path: Path) -> None:
    folder = tmp_path / "not made yet"
    habits = AgentMemory(folder, "lea").page("requests")
    habits["order"] = ["family", True]
    habits["filters"] = {"authority": ["1"]}
    del habits["order"]
    again = AgentMemory(folder, "lea").page("requests")
    assert dict(again) == {"filters": {"authority": ["1"]}}
    assert len(AgentMemory(folder, "anne").page("requests")) == 0
    assert len(AgentMemory(folder, "lea").page("families")) == 0


def test_the_login_is_not_in_the_name_of_the_file(tmp_path: Path) -> None:
    memory = AgentMemory(tmp_path, "CON/../léa")
    memory.page("requests")["order"] = 1
    assert [path.name for path in tmp_path.iterdir()] == [memory.path.name]
    assert memory.path.name.removeprefix("habits-").removesuffix(".json").isalnum()


def test_what_another_window_wrote_stays(tmp_path: Path) -> None:
    first, second = AgentMemory(tmp_path, "lea").page("requests"), AgentMemory(tmp_path, "lea").page("families")
    first["a"] = 1
    second["b"] = 2
    first["a"] = 3
    assert json.loads(AgentMemory(tmp_path, "lea").path.read_text("utf-8")) == {
        "requests": {"a": 3},
        "families": {"b": 2},
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"requests": 4}', b"\xff\xfe"])
def test_a_broken_file_counts_as_empty_and_is_mended(tmp_path: Path, content: bytes) -> None:
    memory = AgentMemory(tmp_path, "lea")
    memory.path.write_bytes(content)
    habits = memory.page("requests")
    assert dict(habits) == {}
    habits["a"] = 1
    assert dict(AgentMemory(tmp_path, "lea").page("requests")) == {"a": 1}


def test_a_disk_that_refuses_costs_the_habit_not_the_work(tmp_path: Path, expect_log: LogWatch) -> None:
    expect_log(logging.WARNING, r"habits could not be kept: (NotADirectory|FileExists)Error\Z")
    (tmp_path / "file").write_text("in the way")
    habits = AgentMemory(tmp_path / "file", "lea").page("requests")
    habits["a"] = 1
    assert habits["a"] == 1


def test_the_same_value_is_not_written_twice(tmp_path: Path) -> None:
    memory = AgentMemory(tmp_path, "lea")
    habits = memory.page("requests")
    habits["a"] = [1]
    memory.path.unlink()
    habits["a"] = [1]
    assert not memory.path.exists()
