"""A queue that is longer than what the list reads at once is gone through to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from dombes_office.rules.lists import PAGE_ROWS
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.conftest import SitDown


def test_the_last_request_that_the_list_had_read_leads_on(town: Office, sit_down: SitDown) -> None:
    for number in range(PAGE_ROWS - 1):
        town.add_request("Favre", f"Enfant{number:02}", by_debit=False)
    asked = [ask(town, name, "Manon", by_debit=False) for name in ("Lefèvre", "Morel", "Œuvrard")]
    numbers = [town.one("select number from office.access_request where id = %s", given.request_id) for given in asked]
    lea = sit_down()
    lea.see_queue(PAGE_ROWS)
    lea.open_selected()
    position = lea.examination._walk.position
    assert position is not None
    assert len(position.request_ids) == PAGE_ROWS
    lea.window.open("examination", position.at(position.request_ids[-1]))
    lea.see_request(numbers[0])
    assert lea.place == f"{PAGE_ROWS} sur {PAGE_ROWS + 2}"
    lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)
    lea.see_request(numbers[1])
    assert lea.place == f"{PAGE_ROWS} sur {PAGE_ROWS + 1}"
    lea.alt(Qt.Key.Key_Right)
    lea.see_request(numbers[2])
    assert lea.place == f"{PAGE_ROWS + 1} sur {PAGE_ROWS + 1}"
    assert town.one("select count(*) from office.decision") == 1
