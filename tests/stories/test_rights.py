"""What each agent sees: hers and no more, and no button that her rights do not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dombes_office.rules.agents import ANIMATOR, FINANCE, RECEPTION, REVIEWER
from dombes_office.rules.requests import Action
from dombes_office.views.no_page import NoPage
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.postgres import OfficeDatabase
    from tests.stories.conftest import SitDown


def test_the_agent_of_a_commune_sees_only_hers(town: Office, database: OfficeDatabase, sit_down: SitDown) -> None:
    baneins = town.add_authority("Baneins")
    canteen = town.add_service("SERVICE CANTINE", baneins)
    for name in ("Berthollet", "Lefèvre", "Morel"):
        ask(town, name, "Manon", by_debit=False)
    ask(town, "Garin", "Zoé", by_debit=False, service_id=canteen)
    odile = sit_down("odile", groups=[REVIEWER], authorities=[baneins])
    odile.see_queue(1)
    assert odile.families == ["Garin"]
    assert {row.authority_name for row in odile.queue.table.rows} == {"Baneins"}
    tabs = odile.queue.filters.tabs.bar
    odile.until(lambda: tabs.accessibleTabName(0) == "À examiner, 1")
    odile.ctrl(Qt.Key.Key_F)
    odile.type("Berthollet")
    odile.press(ENTER)
    odile.until(odile.queue.empty.isVisible)
    own = database.raw(odile.agent.login)
    for table in ("access_request", "household", "beneficiary", "supporting_document"):
        row = own.execute(f"select count(*) from office.{table}".encode()).fetchone()
        assert row == (1,), table


@pytest.mark.parametrize("group", [RECEPTION, FINANCE])
def test_who_may_read_is_not_offered_to_decide(town: Office, sit_down: SitDown, group: str) -> None:
    ask(town, "Berthollet", "Manon")
    claire = sit_down("claire", groups=[group])
    claire.see_queue(1)
    claire.until(claire.queue.examine.isEnabled)
    assert claire.queue.examine.text() == "Consulter"
    claire.press(ENTER)
    claire.settle()
    decision = claire.examination.bench.decision
    assert claire.window.page is claire.examination
    claire.until(lambda: claire.request != "")
    claire.settle()
    assert [action for action in Action if decision.buttons[action].isVisible()] == []
    assert "sans la décider" in claire.decided
    claire.press(Qt.Key.Key_C)
    claire.ctrl(ENTER)
    claire.alt(Qt.Key.Key_R)
    claire.settle()
    assert claire.verdicts() == {}
    assert claire.dialogs() == []
    assert claire.band == ""
    assert town.one("select count(*) from office.decision") == 0


def test_an_animator_reads_why_there_is_nothing_for_her(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lucie = sit_down("lucie", groups=[ANIMATOR])
    assert isinstance(lucie.window.page, NoPage)
    told = " ".join(label.text() for label in lucie.window.page.findChildren(QLabel) if label.isVisible())
    assert "Aucun écran n’est ouvert à vos droits" in told
    assert "Berthollet" not in told
