"""Timing: the compared acts take turns in one run, so that whatever slows the machine down slows all of them down."""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Name = TypeVar("Name")

WARM_UP = 8
"""Rounds that are not counted: statements get prepared, plans become generic, pages are read from the disk."""


def take_turns(acts: Mapping[Name, Callable[[], object]], rounds: int) -> dict[Name, list[float]]:
    """Do every act once in each round; the milliseconds of each, round by round."""
    times: dict[Name, list[float]] = {name: [] for name in acts}
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for turn in range(WARM_UP + rounds):
            for name, act in acts.items():
                start = time.perf_counter()
                act()
                elapsed = (time.perf_counter() - start) * 1000
                if turn >= WARM_UP:
                    times[name].append(elapsed)
    finally:
        if was_on:
            gc.enable()
    return times


def medians(acts: Mapping[Name, Callable[[], object]], rounds: int) -> dict[Name, float]:
    """The median of each act, in milliseconds."""
    return {name: statistics.median(times) for name, times in take_turns(acts, rounds).items()}
