"""The commands of the database's administrator: prepare, upgrade, look, back up, restore, verify the trail."""

# ruff: noqa: PLC0415 - nothing heavy may be imported to read the command line.

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dombes_office.commands import DONE, NBSP
from dombes_office.commands.connection import open_archives, open_database
from dombes_office.commands.parser import finish
from dombes_office.errors import InvalidEntry

if TYPE_CHECKING:
    import argparse

    from dombes_office.commands.parser import Parser

ADMIN_PASSWORD = "DOMBES_OFFICE_ADMIN_PASSWORD"  # noqa: S105 - where it is read, not what it is.


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """The commands of the administrator of the database."""
    parser = commands.add_parser("db", help="installe, met à jour et sauvegarde la base")
    acts = parser.add_subparsers(required=True, metavar="ACTION")
    init = acts.add_parser("init", help="prépare une base")
    init.add_argument(
        "--admin",
        metavar="AGENT",
        help=f"crée le premier administrateur{NBSP}; son mot de passe est demandé, ou lu dans {ADMIN_PASSWORD}",
    )
    finish(init, prepare_database)
    finish(acts.add_parser("upgrade", help="met la base à jour"), upgrade_database)
    finish(acts.add_parser("status", help="dit où en est la base"), show_status)
    backup = acts.add_parser("backup", help="sauvegarde la base dans un fichier")
    backup.add_argument("file", type=Path, metavar="FICHIER")
    finish(backup, back_up)
    restore = acts.add_parser("restore", help="restaure une sauvegarde dans une base neuve")
    restore.add_argument("file", type=Path, metavar="FICHIER")
    restore.add_argument("--replace", action="store_true", help="remplace la base si elle contient des données")
    finish(restore, restore_backup)
    audit = commands.add_parser("audit", help="journal des actions").add_subparsers(required=True, metavar="ACTION")
    finish(audit.add_parser("verify", help="vérifie que rien n’y a été changé"), verify_audit)


def prepare_database(wanted: argparse.Namespace) -> int:
    """`db init`."""
    from dombes_office.database import install
    from dombes_office.database.first_administrator import create_first_administrator

    password = _new_password(wanted.admin) if wanted.admin else ""
    with open_database(wanted) as database:
        install.initialise(database)
        status = install.status(database)
        print(f"La base est prête{NBSP}: PostgreSQL {status.server_version}, version {status.revision} du schéma.")
        if wanted.admin:
            name = create_first_administrator(database, wanted.admin, password)
            print(f"{name} administre cette base, sous l’identifiant {wanted.admin}.")
    return DONE


def _new_password(login: str) -> str:
    """A password for a new agent: from the environment, or typed twice; never from the command line."""
    from dombes_office.database.first_administrator import check_password

    password = os.environ.get(ADMIN_PASSWORD)
    if password is None:
        if sys.stdin is None or not sys.stdin.isatty():
            raise InvalidEntry("Il manque le mot de passe de l’administrateur.", f"Donnez-le dans {ADMIN_PASSWORD}.")
        import getpass

        password = getpass.getpass(f"Mot de passe de {login}{NBSP}: ")
        if password != getpass.getpass("Le même, encore une fois\u00a0: "):
            raise InvalidEntry("Les deux mots de passe ne sont pas les mêmes.", "Recommencez.")
    check_password(password)
    return password


def upgrade_database(wanted: argparse.Namespace) -> int:
    """`db upgrade`."""
    from dombes_office.database import install

    with open_database(wanted) as database:
        before = install.upgrade(database)
        after = install.status(database)
    print(f"La base est à jour{NBSP}: version {after.revision} du schéma (avant{NBSP}: {before}).")
    return DONE


def show_status(wanted: argparse.Namespace) -> int:
    """`db status`."""
    from dombes_office.database import install

    with open_database(wanted) as database:
        status = install.status(database)
    state = "à jour" if status.current else "à mettre à jour" if status.revision else "pas encore préparée"
    backup = f"{status.last_backup:%d/%m/%Y %H:%M %Z}" if status.last_backup else "aucune"
    lines = {
        "État": state,
        "Serveur": f"PostgreSQL {status.server_version}",
        "Schéma": f"{status.revision or 'aucun'} (application{NBSP}: {status.shipped_revision})",
        "Gardes": ", ".join(status.guards_differ) + " à réappliquer" if status.guards_differ else "conformes",
        "Agents actifs": str(status.agents),
        "Demandes": str(status.requests),
        "Taille": f"{status.byte_count / 1e6:.1f}".replace(".", ",") + f"{NBSP}Mo",
        "Dernière sauvegarde": backup,
        "Connexions": ", ".join(status.connected) or "aucune autre",
    }
    print("\n".join(f"{name}{NBSP}: {value}" for name, value in lines.items()))
    return DONE


def back_up(wanted: argparse.Namespace) -> int:
    """`db backup FILE`."""
    with open_archives(wanted, with_office=True) as archives:
        made = archives.backup(wanted.file)
    print(f"Sauvegarde faite et relue{NBSP}: {sum(made.rows.values())} lignes, {made.byte_count} octets.")
    print(f"SHA-256{NBSP}: {made.sha256}")
    return DONE


def restore_backup(wanted: argparse.Namespace) -> int:
    """`db restore FILE`."""
    with open_archives(wanted, with_office=False) as archives:
        restored = archives.restore(wanted.file, replace=wanted.replace)
    print(f"Sauvegarde restaurée et comptée{NBSP}: {sum(restored.rows.values())} lignes.")
    if restored.agents_without_login:
        print(f"{restored.agents_without_login} agents n’ont pas de compte sur ce serveur{NBSP}: recréez-les.")
    return DONE


def verify_audit(wanted: argparse.Namespace) -> int:
    """`audit verify`."""
    from dombes_office.database.trail import seal_trail, verify_trail

    with open_database(wanted) as database:
        while database.transact(seal_trail):
            pass
        report = database.transact(verify_trail)
    print(f"Le journal est intact{NBSP}: {report.events} événements, dont {report.sealed} scellés.")
    print(f"Empreinte à conserver ailleurs{NBSP}: {report.head or 'aucune'}")
    return DONE
