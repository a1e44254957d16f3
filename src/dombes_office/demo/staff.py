"""The invented agents of the demonstration, one for each job and some colleagues."""

from __future__ import annotations

from dataclasses import dataclass

from dombes_office.rules.agents import ADMIN, ANIMATOR, FINANCE, MAILER, PLANNER, RECEPTION, REVIEWER

EVERYWHERE = "everywhere"
COMMUNITY_ONLY = "community"
FIRST_COMMUNE = "first commune"


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An agent. `scope` is one of the three words above."""

    login: str
    display_name: str
    groups: tuple[str, ...]
    scope: str = EVERYWHERE


AGENTS = (
    DemoAgent("lea.morandat", "Léa Morandat", (REVIEWER, RECEPTION)),
    DemoAgent("samir.berthelier", "Samir Berthelier", (REVIEWER, RECEPTION)),
    DemoAgent("odile.vernay", "Odile Vernay", (REVIEWER, RECEPTION), FIRST_COMMUNE),
    DemoAgent("claire.bonnard", "Claire Bonnard", (RECEPTION,)),
    DemoAgent("yann.guichard", "Yann Guichard", (PLANNER,)),
    DemoAgent("lucie.tessier", "Lucie Tessier", (ANIMATOR,), COMMUNITY_ONLY),
    DemoAgent("helene.sarrazin", "Hélène Sarrazin", (FINANCE,)),
    DemoAgent("paul.administrateur", "Paul Ravier", (ADMIN,)),
    DemoAgent("facteur", "Facteur", (MAILER,)),
)
"""The first one opens the demonstration."""

DECIDERS = tuple(agent for agent in AGENTS if REVIEWER in agent.groups and agent.scope == EVERYWHERE)
"""Who decided what the demonstration finds decided."""
