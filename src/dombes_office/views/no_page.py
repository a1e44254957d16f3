"""What an agent sees whose rights open no screen of this version: a sentence that says what to do."""

from __future__ import annotations

from dombes_office.views.page import Page, PageEntry
from dombes_office.views.widgets.empty_state import EmptyState


class NoPage(Page):
    """One sentence."""

    def __init__(self) -> None:
        super().__init__(PageEntry("none", "Accueil", "house"))
        empty = EmptyState()
        empty.say(
            "Aucun écran n’est ouvert à vos droits. Demandez à l’administrateur de les compléter.",
            icon_name="lock-simple",
        )
        self.body.addWidget(empty, 1)
