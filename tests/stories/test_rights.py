"""What each agent sees: hers and no more, and no button that her rights do not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dombes_office.rules.agents import ANIMATOR, FINANCE, PLANNER, RECEPTION, REVIEWER
from dombes_office.views.no_page import NoPage
from dombes_office.views.requests.examination.decision.decision_panel import DecisionPanel
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


def test_who_may_only_read_finds_the_queue(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon")
    claire = sit_down("claire", groups=[RECEPTION])
    claire.settle()
    claire.until(lambda: bool(claire.families or claire.band))
    assert claire.band == ""
    assert claire.families == ["Berthollet"]
    assert not claire.queue.examine.isVisible()


def test_consulting_offers_no_decision(town: Office, sit_down: SitDown) -> None:
    """Whatever the desk opens for Entrée, it is no incident, and nothing on it decides."""
    ask(town, "Berthollet", "Manon")
    claire = sit_down("claire", groups=[RECEPTION])
    claire.see_queue(1)
    with claire.qtbot.captureExceptions() as bugs:
        claire.press(ENTER)
        claire.settle()
        for key in (Qt.Key.Key_C, Qt.Key.Key_N):
            claire.press(key)
        claire.ctrl(ENTER)
        claire.alt(Qt.Key.Key_R)
        claire.settle()
    assert bugs == []
    assert claire.dialogs() == []
    panels = claire.window.findChildren(DecisionPanel)
    assert not [b for panel in panels for b in panel.buttons.values() if b.isVisible()]
    assert town.one("select count(*) from office.decision") == 0


@pytest.mark.parametrize("group", [ANIMATOR, FINANCE, PLANNER])
def test_others_read_why_there_is_nothing_for_them_yet(town: Office, sit_down: SitDown, group: str) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lucie = sit_down("lucie", groups=[group])
    assert isinstance(lucie.window.page, NoPage)
    told = " ".join(label.text() for label in lucie.window.page.findChildren(QLabel) if label.isVisible())
    assert "Aucun écran n’est ouvert à vos droits" in told
    assert "Berthollet" not in told
