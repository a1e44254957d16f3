"""Which pages each kind of agent is offered, and when they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from dombes_office.pages import Means, offers_for
from dombes_office.rules.agents import ADMIN, FINANCE, RECEPTION, REVIEWER, Agent
from dombes_office.views.announcements import Announcements
from dombes_office.views.page import Page
from tests.stories.clerk import MORNING

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import Desk


@pytest.mark.parametrize(
    ("groups", "keys", "made"),
    [
        ({RECEPTION}, ["requests"], ["requests"]),
        ({REVIEWER}, ["requests", "examination"], ["requests"]),
        ({RECEPTION, FINANCE}, ["requests"], ["requests"]),
        ({FINANCE}, ["none"], ["none"]),
        ({ADMIN}, ["none"], ["none"]),
        (set(), ["none"], ["none"]),
    ],
)
def test_each_role_is_offered_its_pages(
    qtbot: QtBot, desk: Desk, groups: set[str], keys: list[str], made: list[str]
) -> None:
    agent = Agent("lea", "Léa", frozenset(groups), ((1, "Villars"),), sees_everything=True, server_version="18.1")
    # The examination, which reads files, is not made here.
    means = Means(agent, desk, desk.lane, cast("Any", None), Announcements(), lambda: MORNING)
    offers = offers_for(means)
    pages = [offer for offer in offers if isinstance(offer, Page)]
    for page in pages:
        qtbot.addWidget(page)
    assert [offer.entry.key for offer in offers] == keys
    assert [page.key for page in pages] == made, "the counter of a page is known from the start, the rest can wait"
