"""What the project promises about speed: one module for each subject, its `run()` returns the figures measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One promise, measured side by side with what it is compared to, in the same run.

    `measured` and `baseline` are in `unit`; `budget` is the greatest ratio between them that keeps the promise.
    A limit in absolute terms is written with the limit as baseline and a budget of 1. Without a budget the figure is
    shown for the record and promises nothing.
    """

    subject: str
    measured: float
    against: str
    baseline: float
    budget: float | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many times the baseline was measured."""
        return self.measured / self.baseline

    @property
    def kept(self) -> bool:
        """Whether the promise holds in this run."""
        return self.budget is None or self.ratio <= self.budget
