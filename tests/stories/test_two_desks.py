"""Two clerks at the same queue: each sees what the other does, and the first decision counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from dombes_office.views.requests.queue_columns import OPENED_COLUMN
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown


def opened_by(clerk: Clerk) -> list[str]:
    """What stands in the column "Ouverte par" of her queue, from above."""
    table = clerk.queue.table
    at = next(number for number, column in enumerate(table.columns) if column.key == OPENED_COLUMN)
    return [table.index(row, at).data() for row in range(table.rowCount())]


def test_each_sees_what_the_other_opens_and_decides(town: Office, sit_down: SitDown) -> None:
    for name in ("Berthollet", "Lefèvre", "Morel"):
        ask(town, name, "Manon", by_debit=False)
    lea, samir = sit_down("lea"), sit_down("samir")
    samir.see_queue(3)
    lea.see_queue(3)
    lea.turn_to()
    lea.press(ENTER)
    lea.see_request()
    samir.within_two_seconds(lambda: opened_by(samir) == ["Lea", "", ""])

    lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)
    lea.until(lambda: town.one("select count(*) from office.decision") == 1)
    samir.within_two_seconds(lambda: samir.families == ["Lefèvre", "Morel"])
    tabs = samir.queue.filters.tabs.bar
    samir.until(lambda: tabs.accessibleTabName(0) == "À examiner, 2")
    # The next request has opened at her desk by itself.
    samir.until(lambda: opened_by(samir) == ["Lea", ""])
    lea.press(Qt.Key.Key_Escape)
    samir.within_two_seconds(lambda: opened_by(samir) == ["", ""])


def test_the_second_decision_is_refused_with_the_name_of_the_first(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea, samir = sit_down("lea"), sit_down("samir")
    lea.see_queue(1)
    samir.see_queue(1)
    samir.turn_to()
    samir.open_selected()
    samir.press(Qt.Key.Key_C)
    lea.turn_to()
    lea.open_selected()
    assert "Samir a aussi ouvert cette demande." in lea.band
    samir.hear_nothing_more()
    lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)
    lea.see_queue(0)

    samir.turn_to()
    samir.ctrl(ENTER)
    samir.until(lambda: "Lea a validé cette demande" in samir.band)
    samir.settle()
    assert "Votre décision n’est pas enregistrée." in samir.band
    assert "Demande validée par Lea" in samir.decided
    assert town.one("select decided_by from office.decision") == lea.agent.login
    assert town.one("select count(*) from office.outbox_mail") == 1
    assert samir.proposed is None
