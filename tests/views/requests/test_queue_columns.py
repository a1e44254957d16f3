"""What the columns of the queue say of a request."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from dombes_office.rules.requests import STATUS_WORDS, RequestStatus
from dombes_office.views.requests.marks import STATUS_MARKS
from dombes_office.views.requests.queue_columns import checks_mark, child_name, opened_by, queue_columns
from dombes_office.views.widgets.marks import State
from dombes_office.views.widgets.row_table import CellRole, RowTable, Tone
from tests.views.requests.queue_desk import NOW, row

if TYPE_CHECKING:
    from typing import Any

    from dombes_office.rules.requests import RequestRow
    from dombes_office.views.widgets.row_table import Cell


def cell(request: RequestRow, title: str, role: int = CellRole.CELL) -> Any:  # noqa: ANN401 - whatever the role answers.
    """What the table answers for one request in one column."""
    table = RowTable(queue_columns(lambda: NOW), lambda shown: shown.request_id)
    table.replace([request], exhausted=True)
    at = [column.title for column in table.columns].index(title)
    return table.index(0, at).data(role)


@pytest.mark.parametrize(
    ("given", "failures", "warnings", "status", "words", "soft"),
    [
        (4, 0, 0, "pending", "Tout est bon", False),
        (4, 1, 0, "pending", "1\u00a0échec", True),
        (4, 2, 5, "pending", "2\u00a0échecs", True),
        (4, 0, 2, "pending", "2\u00a0à vérifier", False),
        (4, None, None, "pending", "Pas contrôlé", False),
        (4, None, None, "complement_received", "Pas contrôlé", False),
        (3, None, None, "pending", "Incomplet", False),
        (3, 1, 0, "pending", "Incomplet", False),
        (3, 2, 0, "pending", "2\u00a0échecs", True),
        (3, 0, 1, "pending", "Incomplet", False),
        (4, 1, 0, "refused", "1\u00a0échec", False),
    ],
)
def test_the_checks_are_said_in_a_word(
    given: int,
    failures: int | None,
    warnings: int | None,
    status: str,
    words: str,
    soft: bool,  # noqa: FBT001 - a case.
) -> None:
    request = row(
        1,
        pieces_given=given,
        check_failures=failures,
        check_warnings=warnings,
        status=RequestStatus(status),
    )
    mark = checks_mark(request)
    assert mark is not None
    assert (mark.words, mark.is_soft) == (words, soft)
    assert cell(request, "Contrôles", Qt.ItemDataRole.AccessibleTextRole) == f"Contrôles\u00a0: {words}"


def test_what_was_decided_unchecked_has_no_mark() -> None:
    assert checks_mark(row(1, check_failures=None, check_warnings=None, status=RequestStatus.VALIDATED)) is None


@pytest.mark.parametrize(
    ("days", "status", "text", "icon", "tone"),
    [
        (0, "pending", "auj.", None, Tone.SECONDARY),
        (4, "pending", "4\u00a0j", None, Tone.PLAIN),
        (5, "pending", "5\u00a0j", ("clock", "verify"), Tone.STRONG),
        (30, "complement_received", "30\u00a0j", ("clock", "verify"), Tone.STRONG),
        (30, "awaiting_family", "30\u00a0j", None, Tone.SECONDARY),
        (30, "validated", "30\u00a0j", None, Tone.SECONDARY),
    ],
)
def test_a_clock_stands_where_the_office_lets_wait(
    days: int, status: str, text: str, icon: tuple[str, str] | None, tone: Tone
) -> None:
    shown: Cell = cell(row(1, submitted_at=NOW - timedelta(days=days), status=RequestStatus(status)), "Attente")
    assert (shown.text, shown.icon, shown.tone) == (text, icon, tone)


def test_a_child_of_another_name_keeps_it() -> None:
    assert child_name(row(1, family_name="Lefèvre", child_last_name="LEFEVRE")) == "Manon"
    assert child_name(row(1, family_name="Lefèvre", child_last_name="Durand")) == "Manon DURAND"


def test_age_and_class_stand_behind_the_name() -> None:
    assert cell(row(1), "Enfant").second == "7\u00a0ans, CE1"
    assert cell(row(1, born_on=None), "Enfant").second == "CE1"
    assert cell(row(1, born_on=None, school_level=""), "Enfant", Qt.ItemDataRole.DisplayRole) == "Manon"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Sophie Berthelier", "S.\u00a0Berthelier"),
        ("Marie-Claude Le Goff", "M.-C.\u00a0Le Goff"),
        ("Accueil", "Accueil"),
        (None, ""),
    ],
)
def test_a_colleague_is_named_in_short_and_in_full(name: str | None, short: str) -> None:
    request = row(1, opened_by=name)
    assert opened_by(request) == short
    assert (cell(request, "Ouverte par").icon is not None) == bool(name)
    said = cell(request, "Ouverte par", Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"Ouverte par\u00a0: {name or 'personne'}"


def test_the_state_gives_way_to_the_colleague_who_reads() -> None:
    assert cell(row(1, status=RequestStatus.REFUSED), "État").mark.state is State.FAILURE
    reading = row(1, opened_by="Sophie Berthelier")
    assert cell(reading, "État").mark.words == "S.\u00a0Berthelier"
    said = cell(reading, "État", Qt.ItemDataRole.AccessibleTextRole)
    assert said == "État\u00a0: À examiner, ouverte par Sophie Berthelier"


def test_a_state_is_worded_once_for_list_panel_tabs_and_differences() -> None:
    assert {status: mark.words for status, mark in STATUS_MARKS.items()} == {
        status: words.one for status, words in STATUS_WORDS.items()
    }
    assert {mark.is_soft for mark in STATUS_MARKS.values()} == {False}
