"""What stands behind the sign-in window: saved connections, the vault, a look at the server, and the way in."""

# ruff: noqa: PLC0415 - SQLAlchemy and psycopg are imported when a server is asked, long after the window is shown.

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dombes_office import settings
from dombes_office.credentials import SavedProfiles, Vault
from dombes_office.errors import ServerUnreachable, UnknownHost
from dombes_office.views.memory import AgentMemory
from dombes_office.views.sign_in.window import SignInWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.database.engine import Database
    from dombes_office.rules.agents import Agent
    from dombes_office.rules.connections import Profile, Target

_PATIENCE = 5.0


@dataclass(frozen=True)
class Opening:
    """A database that has let an agent in. `unlock` tries a password, None where the desk has none to ask for."""

    database: Database
    agent: Agent
    unlock: Callable[[str], None] | None = None


def make_sign_in_window() -> SignInWindow:
    """The window, before anybody is known: its habits belong to the OS user."""
    habits = AgentMemory(settings.configuration_folder(), "").page("sign-in")
    return SignInWindow(
        SavedProfiles(),
        look_at_server,
        open_office,
        settings.VERSION,
        passwords=Vault(),
        habits=habits,
        discard=_close,
    )


def look_at_server(target: Target, password: str) -> str:
    """How the server is, in a few words.

    Without a password only that somebody answers there is known; with one, that the base is ready for this agent.

    Raises:
        OfficeError: why not.
    """
    if password:
        from dombes_office.database.desk import check_desk
        from dombes_office.database.engine import Database

        with Database(target, password, pool_size=1) as database:
            database.transact(check_desk)
        return "Serveur joignable, base à jour"
    if not target.host.startswith("/"):
        import socket

        try:
            socket.create_connection((target.host, target.port), _PATIENCE).close()
        except socket.gaierror as error:
            raise UnknownHost(
                "Aucune machine ne porte ce nom.", "Vérifiez le nom du serveur dans «\u00a0Gérer les profils\u00a0»."
            ) from error
        except OSError as error:
            raise ServerUnreachable(
                "Le serveur ne répond pas.", "Vérifiez le réseau de ce poste, ou prévenez l’administrateur."
            ) from error
    return "Serveur joignable"


def open_office(profile: Profile, login: str, password: str) -> Opening:
    """Let the agent in.

    Raises:
        SignInRefused, Outage: with the sentence for the window.
    """
    from dombes_office.database.desk import check_desk
    from dombes_office.database.engine import Database

    target = replace(profile.target, login=login)
    database = Database(target, password)
    try:
        agent = database.transact(check_desk)
    except BaseException:
        database.close()
        raise
    return Opening(database, agent, unlock=partial(try_password, target))


def try_password(target: Target, password: str) -> None:
    """Ask the server whether this is still the agent's password.

    Raises:
        WrongPassword: it is not; Outage: the server cannot be asked.
    """
    from dombes_office.database.desk import check_desk
    from dombes_office.database.engine import Database

    with Database(target, password, pool_size=1) as database:
        database.transact(check_desk)


def _close(opening: Opening) -> None:
    """An agent was let in too late: the window is gone."""
    opening.database.close()
