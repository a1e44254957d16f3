"""Going on through a queue that is longer than what the list had read of it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from dombes_office.rules.requests import RequestStatus
from tests.views.requests.examination_desk import ENTER, GONE, Bench


def decide(bench: Bench) -> None:
    """Validate the request on the screen, as the database then shows it."""
    (number,) = {dossier.request.request_id for dossier in bench.office.dossiers.values()} & {int(bench.number[5:])}
    bench.press("c")
    bench.press("c")
    bench.ctrl(ENTER)
    bench.qtbot.waitUntil(lambda: number in bench.office.asked("decide"))
    bench.office.change(number, status=RequestStatus.VALIDATED)
    bench.settle()


def test_the_last_one_that_was_read_leads_to_the_next_that_waits(bench: Bench) -> None:
    for request_id in range(4, 7):
        bench.office.add(request_id)
    bench.show(1, 2, total=6)
    assert bench.place == "1 sur 6"
    decide(bench)
    assert (bench.number, bench.place) == ("2026-0002", "1 sur 5")
    decide(bench)
    assert (bench.number, bench.place) == ("2026-0003", "1 sur 4")
    for request_id in (4, 5, 6):
        decide(bench)
        assert bench.number == f"2026-{request_id:04}"
    decide(bench)
    assert bench.window.page is bench.queue
    # Once for the end of what was read; the rest was known then.
    assert len(bench.office.asked("list_requests")) == 1


def test_alt_right_goes_on_behind_what_was_read(bench: Bench) -> None:
    bench.show(1, 2, total=3)
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.place == "2 sur 3"
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert (bench.number, bench.place) == ("2026-0003", "3 sur 3")


def test_a_queue_that_has_come_to_its_end_meanwhile_leads_to_the_list(bench: Bench) -> None:
    for request_id in (2, 3):
        bench.office.change(request_id, status=RequestStatus.VALIDATED)
    bench.show(1, total=38)
    assert bench.place == "1 sur 1"
    decide(bench)
    assert bench.window.page is bench.queue


def test_what_could_not_be_read_ahead_is_read_when_it_is_wanted(bench: Bench) -> None:
    bench.office.failures["list_requests"] = GONE
    bench.show(1, total=3)
    assert bench.band == ""
    bench.office.failures.clear()
    decide(bench)
    assert bench.number == "2026-0002"
