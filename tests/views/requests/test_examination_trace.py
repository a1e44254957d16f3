"""What is written down of what was shown: the complementary information and the IBAN, once, and after showing them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from tests.views.requests.examination_desk import GONE, Bench
from tests.views.requests.examination_office import OTHER_IBAN, mandate


def test_what_is_said_of_the_child_is_written_down_once_it_was_shown(bench: Bench) -> None:
    bench.show(1, 2)
    assert bench.office.revealed == [(1, None)]
    names = [name for name, _ in bench.office.log]
    assert names.index("note_revealed") > names.index("read_document")
    bench.press(Qt.Key.Key_F5)
    bench.settle()
    assert bench.office.revealed == [(1, None)]
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.office.revealed == [(1, None), (2, None)]


def test_an_iban_is_written_down_when_it_is_looked_at(bench: Bench) -> None:
    bench.show(1)
    bench.press("3")
    bench.settle()
    assert bench.office.revealed == [(1, None)]
    for key in "2121":
        bench.press(key)
    bench.settle()
    assert bench.office.revealed == [(1, None), (1, 12)]


def test_two_ibans_that_a_check_compares_are_looked_at_without_a_key(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1)
    assert (1, 12) in bench.office.revealed


def test_nothing_is_written_down_of_what_is_not_there(bench: Bench) -> None:
    old = bench.office.dossiers[1]
    bench.office.dossiers[1] = replace(old, child=replace(old.child, care_note=None), pieces=old.pieces[:1])
    bench.show(1)
    assert bench.office.revealed == []


def test_who_may_not_decide_leaves_no_trace_that_she_may_not_write(bench: Bench) -> None:
    bench.show(1, agent=replace(bench.agent, groups=frozenset({"office_finance"})))
    bench.press("2")
    bench.settle()
    assert bench.office.revealed == []


def test_what_could_not_be_written_down_is_when_it_is_shown_again(bench: Bench) -> None:
    bench.office.failures["note_revealed"] = GONE
    bench.show(1)
    bench.press("2")
    bench.settle()
    assert bench.band == ""
    assert bench.office.revealed == []
    bench.office.failures.clear()
    bench.press("1")
    bench.press("2")
    bench.press(Qt.Key.Key_F5)
    bench.settle()
    assert sorted(bench.office.revealed, key=str) == [(1, 12), (1, None)]
