"""Every page of the application, one row for each: where it stands, who may open it, and how it is made.

A new screen adds its row here and nothing elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office import settings
from dombes_office.rules.french import office_day
from dombes_office.rules.letters import TEMPLATES
from dombes_office.views.memory import AgentMemory
from dombes_office.views.no_page import NoPage
from dombes_office.views.page_stack import PageOffer
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.examination.page import ENTRY as EXAMINATION
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.idle_checker import IdleChecker
from dombes_office.views.requests.queue_page import ENTRY as QUEUE
from dombes_office.views.requests.queue_page import QueuePage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from dombes_office.documents.renderer import Renderer
    from dombes_office.rules.agents import Agent
    from dombes_office.views.announcements import Announcements
    from dombes_office.views.page import Page, PageEntry
    from dombes_office.views.work import Desk, WorkLane


@dataclass(frozen=True, slots=True)
class Means:
    """What pages are made with."""

    agent: Agent
    desk: Desk
    documents: WorkLane
    renderer: Renderer
    announcements: Announcements
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page. `counts` is for a page with a counter in the navigation: it is made at once, to count."""

    entry: PageEntry
    allowed: Callable[[Agent], bool]
    make: Callable[[Means], Page]
    counts: bool = False


def _queue(means: Means) -> Page:
    habits = AgentMemory(settings.configuration_folder(), means.agent.login)
    page = QueuePage(means.desk, means.agent, remembered=habits.page(QUEUE.key), now=means.now)
    # The window refreshes the page in front only; the counter beside its name is read behind every page.
    means.announcements.changed.connect(page.announced)
    if means.agent.may_decide:
        reading = (means.desk, means.documents, means.renderer, RequestActs())
        checker = IdleChecker(*reading, today=lambda: office_day(means.now()), page=page)
        means.announcements.changed.connect(checker.announced)
    return page


def _examination(means: Means) -> Page:
    templates = {kind: settings.resource(name).read_text("utf-8") for kind, name in TEMPLATES.items()}
    return ExaminationPage(means.desk, means.documents, means.renderer, means.agent, templates=templates, now=means.now)


PAGES: Sequence[PageRow] = (
    PageRow(QUEUE, lambda agent: agent.may_see_requests, _queue, counts=True),
    PageRow(EXAMINATION, lambda agent: agent.may_see_requests and agent.may_decide, _examination),
)
"""In the order of the navigation; the first that an agent may open is the one she begins with."""


def offers_for(means: Means) -> list[Page | PageOffer]:
    """The pages that the agent may open; one that says what to do where there is none."""
    allowed = [row for row in PAGES if row.allowed(means.agent)]
    return [_offer(row, means) for row in allowed] or [NoPage()]


def _offer(row: PageRow, means: Means) -> Page | PageOffer:
    return row.make(means) if row.counts else PageOffer(row.entry, lambda: row.make(means))
