"""The agent at the desk: who she is and what her groups allow. PostgreSQL decides; this only shapes the screens."""

from __future__ import annotations

from dataclasses import dataclass

RECEPTION = "office_reception"
REVIEWER = "office_reviewer"
PLANNER = "office_planner"
ANIMATOR = "office_animator"
FINANCE = "office_finance"
ADMIN = "office_admin"
MAILER = "office_mailer"
PORTAL = "office_portal"

GROUP_LABELS = {
    RECEPTION: "Accueil",
    REVIEWER: "Instruction des demandes",
    PLANNER: "Planification des séances",
    ANIMATOR: "Animation",
    FINANCE: "Finances et régie",
    ADMIN: "Administration",
}
"""The groups that an administrator may give, as she reads them."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who signed in: her login, her name, her group roles and the authorities that she works for.

    `authorities` are (id, name) in the order of names; `sees_everything` says that they are all that exist.
    `server_version` is PostgreSQL's own text, such as "15.18".
    """

    login: str
    display_name: str
    groups: frozenset[str]
    authorities: tuple[tuple[int, str], ...]
    sees_everything: bool
    server_version: str

    @property
    def may_see_requests(self) -> bool:
        """Whether the queue of requests is hers to read."""
        return bool(self.groups & {RECEPTION, REVIEWER})

    @property
    def may_see_families(self) -> bool:
        """Whether the list of families and their sheets are hers to read."""
        return bool(self.groups & {RECEPTION, REVIEWER, PLANNER, FINANCE})

    @property
    def may_work_at_counter(self) -> bool:
        """Whether she enters families, children, contacts, notes and requests."""
        return bool(self.groups & {RECEPTION, REVIEWER})

    @property
    def may_plan(self) -> bool:
        """Whether the catalogue of her authorities is hers to change."""
        return PLANNER in self.groups

    @property
    def may_decide(self) -> bool:
        """Whether she may validate, refuse and ask again."""
        return REVIEWER in self.groups

    @property
    def may_read_health(self) -> bool:
        """Whether health forms and care notes are hers to read."""
        return REVIEWER in self.groups

    @property
    def may_read_bank(self) -> bool:
        """Whether IBAN, BIC and mandates are hers to read."""
        return bool(self.groups & {REVIEWER, FINANCE})

    @property
    def may_see_mail(self) -> bool:
        """Whether the state of the outbox concerns her."""
        return bool(self.groups & {RECEPTION, REVIEWER, ADMIN, MAILER})

    @property
    def scope_words(self) -> str:
        """Her scope in few words, for the head of the window."""
        if len(self.authorities) == 1:
            return self.authorities[0][1]
        if self.sees_everything:
            return "Toutes les collectivités"
        return f"{len(self.authorities)} collectivités" if self.authorities else "Aucune collectivité"

    @property
    def may_administer(self) -> bool:
        """Whether agents and settings are hers to change."""
        return ADMIN in self.groups

    @property
    def may_send_mail(self) -> bool:
        """Whether this login is the mailer's."""
        return MAILER in self.groups
