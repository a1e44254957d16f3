"""Code that takes too long is stopped at its next instruction, and nothing is stopped afterwards."""

from __future__ import annotations

import time

import pytest

from dombes_office.documents.deadline import Deadline, within


def endless() -> None:
    while True:
        try:
            time.sleep(0.001)
        except Exception:  # noqa: BLE001, S112 - stands for code that swallows every error
            continue


def test_endless_work_is_stopped() -> None:
    with pytest.raises(Deadline), within(0.05):
        endless()


def test_work_in_time_is_left_alone() -> None:
    with within(0.2):
        done = sum(range(1000))
    time.sleep(0.3)
    assert done == 499500


def test_work_that_ends_at_the_last_moment_is_stopped_within_the_block_or_not_at_all() -> None:
    for attempt in range(100):
        until = time.monotonic() + 0.002 + attempt * 0.00002
        try:
            with within(0.003):
                while time.monotonic() < until:
                    pass
        except Deadline:
            pass
        time.sleep(0.0005)
