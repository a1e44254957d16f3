"""The stage for tests of the sign-in window: a shelf of profiles, a safe for passwords, a door that answers as told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from dombes_office.errors import OfficeError
from dombes_office.rules.connections import Profile, Target
from dombes_office.views.sign_in.window import SignInWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

DOMBES = Profile("CC de la Dombes", Target("bdd.example.org", "dombes", "lea.morandat"))
BANEINS = Profile("Commune de Baneins", Target("baneins.example.org", "dombes", "l.morandat"))
PASSWORD = "Étang-01"


class Shelf:
    """Profiles that last as long as the test."""

    def __init__(self, *profiles: Profile) -> None:
        self.kept = {profile.name: profile for profile in profiles}
        self.broken: OfficeError | None = None

    def read(self) -> tuple[Profile, ...]:
        if self.broken is not None:
            raise self.broken
        return tuple(self.kept.values())

    def save(self, profile: Profile) -> None:
        if self.broken is not None:
            raise self.broken
        self.kept[profile.name] = profile

    def remove(self, name: str) -> None:
        del self.kept[name]


class Safe:
    """A vault; `locked` is what it answers instead of working."""

    def __init__(self) -> None:
        self.kept: dict[Target, str] = {}
        self.locked: OfficeError | None = None
        self.asked = 0

    def _open(self) -> None:
        self.asked += 1
        if self.locked is not None:
            raise self.locked

    def recall(self, target: Target) -> str | None:
        self._open()
        return self.kept.get(target)

    def remember(self, target: Target, password: str) -> None:
        self._open()
        self.kept[target] = password

    def forget(self, target: Target) -> None:
        self._open()
        self.kept.pop(target, None)


class Door:
    """A server: answers with what it is told to, and remembers who knocked and what was thrown away."""

    def __init__(self) -> None:
        self.answer: object = object()
        self.refusal: Exception | None = None
        self.state: str | OfficeError = "Serveur joignable, base à jour"
        self.knocks: list[tuple[str, str, str]] = []
        self.checks: list[tuple[Target, str]] = []
        self.thrown_away: list[object] = []
        self.gate = threading.Event()
        self.gate.set()

    def connect(self, profile: Profile, login: str, password: str) -> object:
        self.knocks.append((profile.name, login, password))
        assert self.gate.wait(10)
        if self.refusal is not None:
            raise self.refusal
        return self.answer

    def check(self, target: Target, password: str) -> str:
        self.checks.append((target, password))
        if isinstance(self.state, OfficeError):
            raise self.state
        return self.state


class Scene:
    """A window on a shelf, a safe and a door."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.shelf = Shelf(DOMBES, BANEINS)
        self.safe = Safe()
        self.door = Door()
        self.habits: dict[str, Any] = {}
        self.windows: list[SignInWindow] = []

    def make(self) -> SignInWindow:
        """The window, not shown yet."""
        window = SignInWindow(
            self.shelf,
            self.door.check,
            self.door.connect,
            "1.4.0",
            passwords=self.safe,
            habits=self.habits,
            discard=self.door.thrown_away.append,
        )
        self.windows.append(window)
        self.qtbot.addWidget(window)
        return window

    def open(self) -> SignInWindow:
        window = self.make()
        with self.qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        if window.profile is not None:
            self.qtbot.waitUntil(lambda: not window.form.reach.text.startswith("Vérification"))
        return window

    def refused(self, window: SignInWindow, error: Exception) -> None:
        """Type a password, try, be refused."""
        self.door.refusal = error
        window.form.password.setText(PASSWORD)
        window.form.submit.click()
        self.qtbot.waitUntil(window.form.submit.isEnabled)

    def close(self) -> None:
        """Let everybody go home."""
        self.door.gate.set()
        for window in self.windows:
            window.close()
