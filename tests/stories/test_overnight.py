"""Requests that came overnight: the column of checks fills by itself, and the history says that a machine has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from dombes_office.views.requests import idle_checker
from tests.stories import families
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown

CHECKED = "select count(*) from office.access_request where check_rank < 3"


@pytest.fixture(autouse=True)
def short_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiet second is a fifth of one."""
    monkeypatch.setattr(idle_checker, "QUIET", 0.2)


def checks(clerk: Clerk) -> list[str]:
    """What stands in the column "Contrôles" of her queue, from above."""
    table = clerk.queue.table
    at = next(number for number, column in enumerate(table.columns) if column.key == "checks")
    return [table.index(row, at).data() for row in range(table.rowCount())]


def test_the_column_of_forty_new_requests_fills_by_itself(town: Office, sit_down: SitDown) -> None:
    lea = sit_down()
    lea.see_queue(0)
    for number in range(40):
        paper = (families.text, families.program, families.cut_off)[number % 3 if number < 3 else 0]
        ask(town, f"Famille {number:02}", "Manon", form=paper, by_debit=False)
    lea.until(lambda: len(checks(lea)) == 40)
    lea.until(lambda: "Pas contrôlé" not in checks(lea))
    assert checks(lea) == ["Tout est bon", "1\u00a0échec", "1\u00a0échec", *["Tout est bon"] * 37]
    # Nobody opened anything, and each file was read once, or again where a busy machine had it put off.
    assert town.one("select count(*) from office.request_opening") == 0
    assert town.one("select array_agg(distinct what) from office.reading") == ["checked"]
    assert 40 <= town.one("select count(*) from office.reading") < 60

    # Now there is something to sort and to filter by.
    lea.press(Qt.Key.Key_Down)
    lea.queue.filters.order_by_title("checks", downwards=False)
    lea.until(lambda: checks(lea)[:3] == ["1\u00a0échec", "1\u00a0échec", "Tout est bon"])
    lea.open_selected()
    lea.examination.bench.history.click()
    lea.until(lambda: bool(lea.dialogs()))
    (dialog,) = lea.dialogs()
    table = dialog.table  # type: ignore[attr-defined] # The history's own dialog.
    told = [table.index(row, 2).data() for row in range(table.rowCount())]
    assert "Pièce lue par le contrôle automatique du poste\u00a0: Fiche santé" in told


def test_two_desks_rarely_take_the_same_request(town: Office, sit_down: SitDown) -> None:
    for number in range(24):
        ask(town, f"Famille {number:02}", "Manon", by_debit=False)
    lea, samir = sit_down("lea"), sit_down("samir")
    lea.until(lambda: town.one(CHECKED) == 24)
    readings = town.one("select count(*) from office.reading where what = 'checked'")
    # With a quiet second of a fifth they meet more often than they would.
    assert 24 <= readings <= 30
    assert town.one("select count(distinct login) from office.reading") == 2
    samir.until(lambda: checks(samir).count("Tout est bon") == 24)


def test_an_automatic_reading_is_no_opening(town: Office, sit_down: SitDown) -> None:
    """The checks stand there at once; the pieces are still read, and only the opening counts as one."""
    given = ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    lea.until(lambda: town.one(CHECKED) == 1)
    lea.turn_to()
    lea.press(ENTER)
    lea.see_request()
    read = "select count(*) from office.reading where request_id = %s and what = %s"
    assert [town.one(read, given.request_id, what) for what in ("checked", "opened", "received")] == [1, 1, 1]
