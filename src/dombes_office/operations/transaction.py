"""How an operation is run: in one transaction, opened by whoever has a database; it sees nothing but its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

T = TypeVar("T")


class Transact(Protocol):
    """Opens a transaction, gives its session to the action, commits, and returns what the action returned.

    Each statement may take `seconds` (None: as long as usual). Once `stop` is set the action is broken off, rolled
    back, and raises `WorkCancelled`.
    """

    def __call__(
        self, action: Callable[[Any], T], /, *, seconds: float | None = None, stop: threading.Event | None = None
    ) -> T:
        """Run `action` in one transaction."""
