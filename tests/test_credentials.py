"""Connections are kept in a file that is never lost; passwords only where the operating system locks them away."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.backends.SecretService import Keyring as SecretService
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

from dombes_office.credentials import SavedProfiles, Vault, system_vault
from dombes_office.errors import InvalidEntry, KeyringUnavailable, Outage
from dombes_office.rules.connections import PREFER, REQUIRE, Profile, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OFFICE = Target("base.dombes.invalid", "bureau", "anne", root_certificate="C:\\Certificats\\mairie.crt")
PROFILES = (
    Profile("Communauté de communes", OFFICE),
    Profile("Essai « été »", Target("localhost", "essai", "anne", port=5433, encryption=REQUIRE)),
)


@pytest.fixture
def saved(tmp_path: Path) -> SavedProfiles:
    return SavedProfiles(tmp_path / "settings")


def test_nothing_is_saved_at_first(saved: SavedProfiles) -> None:
    assert saved.read() == ()


def test_what_was_saved_is_read(saved: SavedProfiles) -> None:
    for profile in PROFILES:
        saved.save(profile)
    assert SavedProfiles(saved.path.parent).read() == PROFILES
    assert saved.find("Communauté de communes") == PROFILES[0]


def test_the_same_name_is_replaced_in_its_place(saved: SavedProfiles) -> None:
    for profile in PROFILES:
        saved.save(profile)
    moved = Profile(PROFILES[0].name, Target("new.dombes.invalid", "bureau", "anne"))
    saved.save(moved)
    assert saved.read() == (moved, PROFILES[1])


def test_a_removed_one_is_gone(saved: SavedProfiles) -> None:
    for profile in PROFILES:
        saved.save(profile)
    saved.remove(PROFILES[0].name)
    assert saved.read() == PROFILES[1:]
    with pytest.raises(InvalidEntry, match="Communauté"):
        saved.find(PROFILES[0].name)


def test_a_name_is_compulsory(saved: SavedProfiles) -> None:
    with pytest.raises(InvalidEntry) as caught:
        saved.save(Profile("  ", OFFICE))
    assert caught.value.field == "name"


def test_the_settings_of_the_user_hold_it(own_folders: Path) -> None:
    SavedProfiles().save(PROFILES[0])
    assert [path.name for path in own_folders.rglob("*.json")] == ["connections.json"]


UNREADABLE = [
    "",
    "{",
    "[]",
    '{"profiles": [{"name": "x"}]}',
    *(
        json.dumps({"profiles": [{"name": "x", "host": "h", "database": "d", "login": "l", **rest}]})
        for rest in (
            {"port": "many", "encryption": "require"},
            {"port": 1, "encryption": "disable"},
            {"port": 1, "encryption": "prefer"},
        )
    ),
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_unreadable_list_is_told_and_never_overwritten(saved: SavedProfiles, text: str) -> None:
    saved.path.parent.mkdir()
    saved.path.write_text(text, encoding="utf-8")
    for act in (saved.read, lambda: saved.save(PROFILES[0]), lambda: saved.remove("x")):
        with pytest.raises(Outage, match="illisible"):
            act()
    assert saved.path.read_text(encoding="utf-8") == text
    aside = saved.set_aside()
    saved.save(PROFILES[0])
    assert saved.read() == PROFILES[:1]
    assert aside.read_text(encoding="utf-8") == text


def test_a_second_unreadable_list_does_not_cover_the_first(saved: SavedProfiles) -> None:
    saved.path.parent.mkdir()
    places = []
    for text in ("first", "second"):
        saved.path.write_text(text, encoding="utf-8")
        places.append(saved.set_aside())
    assert [place.read_text(encoding="utf-8") for place in places] == ["first", "second"]


def test_a_connection_on_this_machine_may_do_without_tls(saved: SavedProfiles) -> None:
    local = Profile("Ici", Target("127.0.0.1", "bureau", "anne", encryption=PREFER))
    saved.save(local)
    assert saved.read() == (local,)


@pytest.fixture
def _tiny_disk() -> Iterator[None]:
    """No file may grow: as on a full disk, the list cannot be written whole."""
    import resource  # noqa: PLC0415 - Unix only.
    import signal  # noqa: PLC0415 - the same.

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_list_that_cannot_be_written_leaves_the_old_one(saved: SavedProfiles, request: pytest.FixtureRequest) -> None:
    saved.save(PROFILES[0])
    request.getfixturevalue("_tiny_disk")
    with pytest.raises(Outage, match="enregistrée"):
        saved.save(PROFILES[1])
    assert saved.read() == PROFILES[:1]
    assert os.listdir(saved.path.parent) == ["connections.json"]  # noqa: PTH208 - hidden files too.


class MemoryVault(KeyringBackend):
    """A vault that keeps what it is given as long as the test runs."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class LockedVault(MemoryVault):
    """A vault that nobody unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002 - it is not kept.
        raise KeyringLocked(service, username)


class BrokenVault(MemoryVault):
    """A vault whose own library fails."""

    def get_password(self, service: str, username: str) -> str | None:
        raise InitError(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(service, username, password)


def test_a_password_is_kept_and_forgotten() -> None:
    memory = MemoryVault()
    vault = Vault(lambda: memory)
    assert vault.recall(OFFICE) is None
    vault.remember(OFFICE, "Poireau-77")
    assert vault.recall(OFFICE) == "Poireau-77"
    assert list(memory.kept) == [("dombes-office", "anne@base.dombes.invalid:5432/bureau")]
    vault.forget(OFFICE)
    vault.forget(OFFICE)
    assert vault.recall(OFFICE) is None


@pytest.mark.parametrize(("vault", "words"), [(LockedVault(), "verrouillé"), (BrokenVault(), "ne répond pas")])
def test_a_vault_that_does_not_open_is_told(vault: MemoryVault, words: str) -> None:
    closed = Vault(lambda: vault)
    acts: tuple[Callable[[], object], ...] = (
        lambda: closed.remember(OFFICE, "secret"),
        lambda: closed.recall(OFFICE),
        lambda: closed.forget(OFFICE),
    )
    for act in acts:
        with pytest.raises(KeyringUnavailable, match=words) as caught:
            act()
        assert "secret" not in str(caught.value)
        assert caught.value.way_out


def test_a_vault_that_keeps_nothing_is_told() -> None:
    forgetful: Callable[[], KeyringBackend] = null.Keyring
    with pytest.raises(KeyringUnavailable, match="pas gardé"):
        Vault(forgetful).remember(OFFICE, "secret")


class PlaintextKeyring(MemoryVault):
    """What an additional package might bring: passwords in a readable file."""


@pytest.fixture
def _own_keyring() -> Iterator[None]:
    """Leave the choice of the keyring as it was."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("_own_keyring")
@pytest.mark.parametrize("pretender", [fail.Keyring, null.Keyring, PlaintextKeyring])
def test_what_is_no_vault_is_refused(pretender: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(pretender())
    with pytest.raises(KeyringUnavailable, match="coffre-fort"):
        Vault().remember(OFFICE, "secret")


@pytest.mark.usefixtures("_own_keyring")
def test_a_real_vault_is_taken_alone_or_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(SecretService())  # type: ignore[no-untyped-call]
    assert isinstance(system_vault(), SecretService)
    chain = chainer.ChainerBackend()  # type: ignore[no-untyped-call]
    inside = [PlaintextKeyring(), SecretService()]  # type: ignore[no-untyped-call]
    monkeypatch.setattr(type(chain), "backends", inside)
    keyring.set_keyring(chain)
    assert isinstance(system_vault(), SecretService)


def test_no_password_is_ever_in_a_file(own_folders: Path) -> None:
    SavedProfiles().save(PROFILES[0])
    Vault(MemoryVault).recall(OFFICE)
    with pytest.raises(KeyringUnavailable):
        Vault().remember(OFFICE, "Poireau-77")
    files = [path for path in own_folders.rglob("*") if path.is_file()]
    assert files
    assert not any(b"Poireau" in path.read_bytes() for path in files)
    assert "password" not in json.loads(files[0].read_text(encoding="utf-8"))["profiles"][0]


def test_the_list_is_readable_by_its_owner_only(saved: SavedProfiles) -> None:
    saved.save(PROFILES[0])
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o600
