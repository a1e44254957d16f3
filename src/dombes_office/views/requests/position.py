"""Where the agent stands in the queue: what the queue hands to the examination so that it can go on by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dombes_office.rules.requests import RequestFilter


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """One request among those that the queue had read, in its order, under its filter.

    `total` is how many the tab counts; it may be more than have been read. `decided` have left the queue since, though
    a filter on no state at all would show them again.
    """

    request_id: int
    request_ids: tuple[int, ...] = ()
    total: int = 0
    wanted: RequestFilter | None = None
    decided: frozenset[int] = frozenset()

    @property
    def known(self) -> frozenset[int]:
        """Every request of the queue that has been read so far."""
        return self.decided.union(self.request_ids)

    @property
    def runs_out(self) -> bool:
        """Whether this is the last one that was read, and more of them wait."""
        last = self.next_after(self.request_id) is None
        return last and self.wanted is not None and self.total > len(self.request_ids)

    @property
    def number(self) -> int:
        """Which one this is, counted from 1; 0 when the queue does not hold it."""
        return self.request_ids.index(self.request_id) + 1 if self.request_id in self.request_ids else 0

    def next_after(self, request_id: int) -> int | None:
        """The request that follows in the queue, None after the last."""
        return self._beside(request_id, 1)

    def previous_before(self, request_id: int) -> int | None:
        """The request that stands before it in the queue, None before the first."""
        return self._beside(request_id, -1)

    def at(self, request_id: int) -> QueuePosition:
        """The same queue, at another request."""
        return replace(self, request_id=request_id)

    def without(self, request_id: int) -> QueuePosition:
        """The queue once a request has been decided and left it; the position itself moves to the next one."""
        following = self.next_after(request_id) or self.previous_before(request_id) or request_id
        return replace(
            self,
            request_id=following,
            request_ids=tuple(known for known in self.request_ids if known != request_id),
            total=max(0, self.total - (request_id in self.request_ids)),
            decided=self.decided | {request_id},
        )

    def followed_by(self, request_ids: tuple[int, ...]) -> QueuePosition:
        """The same place, with what was read further on; where nothing was, nothing waits any more."""
        ids = (*self.request_ids, *request_ids)
        return replace(self, request_ids=ids, total=max(self.total, len(ids)) if request_ids else len(ids))

    def _beside(self, request_id: int, step: int) -> int | None:
        if request_id not in self.request_ids:
            return None
        at = self.request_ids.index(request_id) + step
        return self.request_ids[at] if 0 <= at < len(self.request_ids) else None
