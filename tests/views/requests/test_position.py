"""Where the agent stands in the queue: numbers, steps, and what is known of a queue that is longer than was read."""

from __future__ import annotations

from dombes_office.rules.requests import RequestFilter
from dombes_office.views.requests.position import QueuePosition

WANTED = RequestFilter()


def test_a_decided_request_leaves_the_queue() -> None:
    position = QueuePosition(1, (1, 2, 3), 38, WANTED).without(1)
    assert (position.request_id, position.number, position.total) == (2, 1, 37)
    assert position.known == {1, 2, 3}


def test_a_queue_runs_out_at_the_last_one_that_was_read() -> None:
    position = QueuePosition(2, (1, 2, 3), 38, WANTED)
    assert not position.runs_out
    assert position.at(3).runs_out
    assert not QueuePosition(3, (1, 2, 3), 3, WANTED).runs_out
    assert not QueuePosition(3, (1, 2, 3), 38).runs_out


def test_what_follows_is_appended_and_the_numbers_stay() -> None:
    position = QueuePosition(3, (1, 2, 3), 38, WANTED).followed_by((4, 5))
    assert (position.number, position.total, position.next_after(3)) == (3, 38, 4)
    assert QueuePosition(3, (1, 2, 3), 3, WANTED).followed_by((4, 5)).total == 5


def test_where_nothing_follows_nothing_waits() -> None:
    position = QueuePosition(3, (1, 2, 3), 38, WANTED).followed_by(())
    assert not position.runs_out
    assert position.total == 3
