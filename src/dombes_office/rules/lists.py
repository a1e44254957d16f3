"""A list as it is read: some rows in order, and where the next ones begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Cursor = TypeVar("Cursor")

PAGE_ROWS = 50
"""How many rows a list reads at once."""


@dataclass(frozen=True)  # Not slots: a generic frozen dataclass with slots fails to build on Python 3.11.
class RowPage(Generic[Row, Cursor]):
    """Some rows of a list in order; `next_cursor` tells where the next page begins, None on the last one."""

    rows: tuple[Row, ...]
    next_cursor: Cursor | None
