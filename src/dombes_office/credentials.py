"""What a desk remembers to sign in: connections in a file, passwords in the operating system's vault alone."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dombes_office.errors import DiskFull, InvalidEntry, KeyringUnavailable, Outage
from dombes_office.rules.connections import ENCRYPTIONS, PREFER, Profile, Target
from dombes_office.settings import configuration_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE = "dombes-office"

VAULTS = (
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
)
"""The modules of real vaults. Others that may be installed keep passwords in plain files, or pretend to keep them."""


class SavedProfiles:
    """The connections of this OS user, in `connections.json` of her settings; never a password among them."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or configuration_folder()) / "connections.json"

    def read(self) -> tuple[Profile, ...]:
        """All of them, in the order in which they were saved; empty before the first.

        Raises:
            Outage: the file is there and cannot be read. It is left as it is: see `set_aside`.
        """
        try:
            written = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(_profile(entry) for entry in written["profiles"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Outage(
                "La liste des connexions enregistrées est illisible.",
                f"Réparez le fichier {self.path}, ou mettez-le de côté pour repartir d’une liste vide.",
            ) from error

    def save(self, profile: Profile) -> None:
        """Keep a connection; one of the same name is replaced, in its place.

        Raises:
            InvalidEntry: the name is empty.
            Outage: the list cannot be read, or cannot be written.
        """
        if not profile.name.strip():
            raise InvalidEntry("Donnez un nom à cette connexion.", field="name")
        kept = self.read()
        if any(one.name == profile.name for one in kept):
            self._write(tuple(profile if one.name == profile.name else one for one in kept))
        else:
            self._write((*kept, profile))

    def remove(self, name: str) -> None:
        """Forget a connection; its password is forgotten with `Vault.forget`."""
        self._write(tuple(one for one in self.read() if one.name != name))

    def find(self, name: str) -> Profile:
        """The connection of that name.

        Raises:
            InvalidEntry: there is none.
        """
        for profile in self.read():
            if profile.name == name:
                return profile
        raise InvalidEntry(
            f"Aucune connexion enregistrée ne s’appelle « {name} ».", "Choisissez-la dans l’écran de connexion."
        )

    def set_aside(self) -> Path:
        """Rename an unreadable file, so that a new list may begin; where it is now."""
        number = 1
        while (aside := self.path.with_name(f"connections-illisible-{number}.json")).exists():
            number += 1
        self.path.rename(aside)
        return aside

    def _write(self, profiles: tuple[Profile, ...]) -> None:
        """Write the whole list beside, then put it in its place at once."""
        text = json.dumps({"profiles": [_entry(one) for one in profiles]}, ensure_ascii=False, indent=2) + "\n"
        with _told("La liste des connexions ne peut pas être enregistrée."):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(dir=self.path.parent, prefix=".connections-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(partial).replace(self.path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise


def _entry(profile: Profile) -> dict[str, Any]:
    """A profile as the file holds it."""
    return {"name": profile.name, **asdict(profile.target)}


def _profile(entry: dict[str, Any]) -> Profile:
    """A profile of the file; ValueError, TypeError or KeyError where it is none."""
    target = Target(
        host=str(entry["host"]),
        port=int(entry["port"]),
        database=str(entry["database"]),
        login=str(entry["login"]),
        encryption=str(entry["encryption"]),
        root_certificate=str(entry.get("root_certificate", "")),
    )
    if target.encryption not in (*ENCRYPTIONS, PREFER) or (target.encryption == PREFER and not target.on_this_machine):
        raise ValueError(target.encryption)
    return Profile(str(entry["name"]), target)


@contextlib.contextmanager
def _told(sentence: str) -> Iterator[None]:
    """Turn the operating system's complaint into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("Le disque de ce poste est plein.", "Libérez de la place, puis réessayez.") from error
        raise Outage(sentence, "Vérifiez que vous pouvez écrire dans le dossier de vos réglages.") from error


def system_vault() -> KeyringBackend:
    """The vault of the operating system.

    Raises:
        KeyringUnavailable: there is none, or only something that does not keep secrets secret.
    """
    import keyring  # noqa: PLC0415 - slow to load, and wanted only by those who save a password.

    chosen = keyring.get_keyring()
    for backend in getattr(chosen, "backends", [chosen]):
        if type(backend).__module__.startswith(VAULTS):
            found: KeyringBackend = backend
            return found
    raise KeyringUnavailable(
        "Ce poste n’a pas de coffre-fort pour les mots de passe.",
        "Saisissez le mot de passe à chaque connexion : il n’est enregistré nulle part ailleurs.",
    )


class Vault:
    """Passwords by connection, in the vault of the operating system. Each call may ask the person to unlock it."""

    def __init__(self, open_vault: Callable[[], KeyringBackend] = system_vault) -> None:
        self._open = open_vault

    def remember(self, target: Target, password: str) -> None:
        """Keep the password of a connection.

        Raises:
            KeyringUnavailable: the vault is missing, locked, or does not keep what it is given.
        """
        with _unlocked():
            vault = self._open()
            vault.set_password(SERVICE, _name(target), password)
            kept = vault.get_password(SERVICE, _name(target)) == password
        if not kept:
            raise KeyringUnavailable(
                "Le coffre-fort de ce poste n’a pas gardé le mot de passe.", "Saisissez-le à chaque connexion."
            )

    def recall(self, target: Target) -> str | None:
        """The password of a connection, None where none was kept.

        Raises:
            KeyringUnavailable: the vault is missing or locked.
        """
        with _unlocked():
            return self._open().get_password(SERVICE, _name(target))

    def forget(self, target: Target) -> None:
        """Remove the password of a connection, if one was kept.

        Raises:
            KeyringUnavailable: the vault is missing or locked.
        """
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415 - slow to load.

        with _unlocked():
            vault = self._open()
            if vault.get_password(SERVICE, _name(target)) is not None:
                with contextlib.suppress(PasswordDeleteError):  # Somebody else was faster.
                    vault.delete_password(SERVICE, _name(target))


def _name(target: Target) -> str:
    """Under which name the vault keeps the password of a connection."""
    return f"{target.login}@{target.host}:{target.port}/{target.database}"


@contextlib.contextmanager
def _unlocked() -> Iterator[None]:
    """Say plainly that a vault is locked or does not answer; each vault raises what its own library raises."""
    from keyring.errors import KeyringLocked  # noqa: PLC0415 - slow to load.

    try:
        yield
    except KeyringUnavailable:
        raise
    except KeyringLocked as error:
        raise KeyringUnavailable(
            "Le coffre-fort de ce poste est verrouillé.", "Déverrouillez-le, ou saisissez le mot de passe."
        ) from error
    except Exception as error:
        log.info("the vault failed with %s", type(error).__name__)
        raise KeyringUnavailable(
            "Le coffre-fort de ce poste ne répond pas.", "Saisissez le mot de passe à chaque connexion."
        ) from error
