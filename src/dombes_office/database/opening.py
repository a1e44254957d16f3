"""From what was written on the command line to a database: an address, or a folder with a server of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from dombes_office.database import install
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.engine import UNLIMITED, Database
from dombes_office.errors import InvalidEntry, Refusal
from dombes_office.rules.connections import ENCRYPTIONS, PREFER, VERIFY_FULL, Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCAL_DATABASE = "office"
"""The name of the office in an embedded server."""

ON_THIS_MACHINE = (*ENCRYPTIONS, PREFER, "disable", "allow", "verify-ca")


def target_of_url(url: str) -> Target:
    """The address in `postgresql://agent@host:port/database?sslmode=verify-full`, which holds no password.

    Over a network the connection is encrypted: without `sslmode` the certificate is verified too.

    Raises:
        InvalidEntry: it is no such address, asks for less than encryption over a network, or holds a password, which
            whoever lists the machine's processes would read.
    """
    invalid = InvalidEntry(
        "Cette adresse de base n’est pas valable.", "Écrivez-la ainsi : postgresql://agent@serveur/base", field="url"
    )
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = int(options.pop("port", parts.port or 5432))
    except ValueError:
        raise invalid from None
    if parts.password is not None or "password" in options:
        raise InvalidEntry(
            "Un mot de passe dans l’adresse se lirait dans la liste des programmes de ce poste.",
            "Retirez-le : il sera demandé, ou se donne par PGPASSWORD ou par une connexion enregistrée (--profile).",
            field="url",
        )
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not parts.username or not database:
        raise invalid
    target = Target(
        host=options.pop("host", unquote(parts.hostname or "")),
        port=port,
        database=database,
        login=unquote(parts.username),
        encryption=options.pop("sslmode", ""),
        root_certificate=options.pop("sslrootcert", ""),
    )
    if options or not target.host:
        raise invalid
    return _encrypted(target)


def _encrypted(target: Target) -> Target:
    """The same target with an encryption that suits the way to it."""
    wanted = target.encryption or (PREFER if target.on_this_machine else VERIFY_FULL)
    if wanted not in (ON_THIS_MACHINE if target.on_this_machine else ENCRYPTIONS):
        raise InvalidEntry(
            "Hors de ce poste, la connexion doit être chiffrée.",
            f"Écrivez sslmode={' ou sslmode='.join(ENCRYPTIONS)} dans l’adresse.",
            field="url",
        )
    return Target(target.host, target.database, target.login, target.port, wanted, target.root_certificate)


@contextlib.contextmanager
def local_server(folder: Path, *, with_office: bool = True) -> Iterator[EmbeddedServer]:
    """The embedded server of a folder, while it is needed; with an office in it, created on first use.

    Raises:
        Outage: the server does not start.
    """
    with EmbeddedServer(folder) as server:
        if with_office:
            server.ensure_database(LOCAL_DATABASE)
            with superuser(server) as database:
                if not install.status(database).revision:
                    install.initialise(database)
        yield server


def superuser(server: EmbeddedServer) -> Database:
    """The local office, as the one who installs it."""
    return Database(server.target(database=LOCAL_DATABASE), server.password(), limits=UNLIMITED)


def first_agent(server: EmbeddedServer, group: str) -> str:
    """The login of an agent of the local office who belongs to the group.

    Raises:
        Refusal: there is none.
    """
    with server.connect(database=LOCAL_DATABASE) as connection:
        row = connection.execute(
            "select m.login from office.staff_member m join pg_roles r on r.rolname = m.login"
            " where m.suspended_at is null and r.rolcanlogin and pg_has_role(r.oid, %s, 'MEMBER')"
            " order by (select count(*) from office.agent_scope s where s.login = m.login) desc, m.created_at, m.login"
            " limit 1",
            [group],
        ).fetchone()
    if row is None:
        raise Refusal(
            "Aucun agent de cette base n’a le droit de faire cela.", "Nommez-en un avec --as, ou créez-le d’abord."
        )
    return str(row[0])
