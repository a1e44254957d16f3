"""The password that the operating system's vault keeps for the sign-in window: asked aside, and only where wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from dombes_office.views.sign_in.errand import Errand

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from dombes_office.rules.connections import Profile, Target


class Passwords(Protocol):
    """The vault of the operating system; each call may raise `KeyringUnavailable` (see `credentials.Vault`)."""

    def recall(self, target: Target) -> str | None:
        """The password that was kept for a target."""

    def remember(self, target: Target, password: str) -> None:
        """Keep a password."""

    def forget(self, target: Target) -> None:
        """Forget a password."""


class KeptPassword(QObject):
    """What the vault keeps for one target, once it answered.

    Asking a vault may make the operating system ask for another password, so it is asked only for profiles of which
    `habits` knows that somebody wanted it. `answered` follows each question; `refused` carries why there is no answer.
    """

    answered = Signal()
    refused = Signal(object)

    def __init__(self, passwords: Passwords, habits: MutableMapping[str, Any], parent: QObject) -> None:
        super().__init__(parent)
        self._passwords = passwords
        self._habits = habits
        self._errand = Errand("sign-in-vault", self)
        self._found: tuple[Target, str] | None = None

    def is_wanted(self, name: str) -> bool:
        """Whether the vault was asked to keep the password of the profile of that name."""
        return name in self._names()

    def want(self, name: str, *, wanted: bool) -> None:
        """Note whether the vault keeps the password of a profile."""
        others = [one for one in self._names() if one != name]
        self._habits["kept"] = [*others, name] if wanted else others

    def _names(self) -> list[str]:
        kept = self._habits.get("kept", [])
        return [str(name) for name in kept] if isinstance(kept, list) else []

    def for_target(self, target: Target | None) -> str:
        """The password kept for exactly this base and login, "" where none is known."""
        return self._found[1] if self._found is not None and self._found[0] == target else ""

    def ask(self, target: Target) -> None:
        """Ask the vault; `answered` or `refused` follows."""
        self._errand.start(partial(_recall, self._passwords, target), done=self._keep, refused=self._refuse)

    def drop(self) -> None:
        """Know of no password any more, whatever the vault is about to say."""
        self._errand.give_up()
        self._found = None

    def store(self, name: str, target: Target, password: str) -> None:
        """Aside, by whoever calls it: put the password in the vault, or take it out where it is "".

        Raises KeyringUnavailable.
        """
        if password:
            self._passwords.remember(target, password)
        elif self.is_wanted(name):
            self._passwords.forget(target)

    def forget(self, profile: Profile) -> None:
        """A profile is gone or leads elsewhere: its password has no business in the vault any more."""
        if self.is_wanted(profile.name):
            self.want(profile.name, wanted=False)
            work = partial(self._passwords.forget, profile.target)
            self._errand.start(work, done=self._forgotten, refused=self._refuse)

    @Slot(object)
    def _keep(self, found: tuple[Target, str] | None) -> None:
        self._found = found
        self.answered.emit()

    @Slot(object)
    def _refuse(self, error: object) -> None:
        self.refused.emit(error)

    @Slot(object)
    def _forgotten(self, _nothing: None) -> None:
        """Done."""


def _recall(passwords: Passwords, target: Target) -> tuple[Target, str] | None:
    """What the vault keeps for a target, with that target; None where it keeps nothing."""
    password = passwords.recall(target)
    return None if password is None else (target, password)
