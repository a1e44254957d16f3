"""The command line: reads what is wanted, opens the database that it is wanted of, and tells the outcome in French.

Nothing heavy is imported here: the window must not wait for Alembic, nor `--version` for Qt. Each command imports what
it needs when it runs.
"""

# ruff: noqa: PLC0415 - see above: late imports are what this file is about.

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import re
import signal
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from dombes_office.errors import InvalidEntry, OfficeError, Outage
from dombes_office.settings import VERSION, configuration_folder, local_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dombes_office.database.backup import Archives
    from dombes_office.database.engine import Database
    from dombes_office.rules.connections import Target

DONE, REFUSED, WRONG_USAGE, OUTAGE, INTERRUPTED = 0, 1, 2, 3, 130

COMPLAINTS = (
    (r"the following arguments are required: ", r"il manque "),
    (r"unrecognized arguments: ", r"inconnu, "),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 et \2 ne vont pas ensemble"),
    (r"argument (\S+): expected one argument", r"\1 attend une valeur"),
    (r"argument (\S+): ignored explicit argument ", r"\1 n’attend pas de valeur, et reçoit "),
    (r"argument (\S+): invalid \w+ value: ", r"\1 ne peut pas valoir "),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)", r"\1 ne peut pas valoir \2, mais \3"),
    (r"argument (\S+): ", r"\1, "),
)
"""What argparse complains of, and how it is said here."""

ADMIN_PASSWORD = "DOMBES_OFFICE_ADMIN_PASSWORD"  # noqa: S105 - where it is read, not what it is.
RENDERER_CHILD = "--renderer-child"
DEMO_SIZE = "village"
DEMO_SEED = 1
NBSP = "\u00a0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused, 2 wrong usage, 3 outage."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == [RENDERER_CHILD]:
        from dombes_office.documents.renderer_child import main as read_files

        return read_files()
    _open_streams()
    wanted = _parser().parse_args(given)
    try:
        status: int = wanted.run(wanted)
    except OfficeError as error:
        print(error, file=sys.stderr)
        return OUTAGE if isinstance(error, Outage) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _open_streams() -> None:
    """A Windows console is not UTF-8, and a program without a console has no streams at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end.
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# What is read ---------------------------------------------------------------------------------------------------------


class Help(argparse.HelpFormatter):
    """The help, all in French."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401 - argparse's own.
        """The line that shows how to write the command."""
        super().add_usage(usage, actions, groups, f"Usage{NBSP}: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """A title, with the space that French wants before its colon."""
        super().start_section(heading and f"{heading}{NBSP}")


class Parser(argparse.ArgumentParser):
    """argparse, in French where people read it."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own.
        super().__init__(**options | {"add_help": False, "allow_abbrev": False, "formatter_class": Help})
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")
        self._positionals.title = "à indiquer"
        self._optionals.title = "options"

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is; exit status 2."""
        for english, french in COMPLAINTS:
            message = re.sub(english, french, message)
        print(f"Usage incorrect{NBSP}: {message}\nAide{NBSP}: {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def _parser() -> Parser:
    parser = Parser(prog="dombes-office", description="Le bureau des services aux familles.")
    parser.add_argument("--version", action="version", version=f"dombes-office {VERSION}", help="affiche la version")
    parser.add_argument("--demo", action="store_true", help="ouvre la démonstration")
    _add_connection(parser)
    parser.set_defaults(run=show_window, url=None, profile=None, local=None, as_login=None)
    commands = parser.add_subparsers(title="commandes", metavar="COMMANDE")

    tour = commands.add_parser("tour", help="parcourt les écrans et en garde les images")
    tour.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="où mettre les images")
    tour.set_defaults(run=take_tour)

    _add_database(commands)

    demo = commands.add_parser("demo-data", help="remplit une base neuve de familles inventées")
    demo.add_argument("--size", required=True, choices=("village", "dombes", "metropole"), help="combien")
    demo.add_argument("--seed", type=int, default=DEMO_SEED, metavar="N", help="les mêmes familles pour le même nombre")
    demo.add_argument("--today", type=_day, default=None, metavar="AAAA-MM-JJ", help="le jour où l’on se place")
    _finish(demo, fill_with_demo)

    mail = commands.add_parser("mail", help="courriels aux familles").add_subparsers(required=True, metavar="ACTION")
    send = mail.add_parser("send", help="envoie les courriels en attente")
    send.add_argument("--once", action="store_true", help="s’arrête quand il n’y en a plus")
    send.add_argument("--smtp", type=Path, default=None, metavar="FICHIER", help="les réglages du serveur de courriel")
    _finish(send, send_mail)

    audit = commands.add_parser("audit", help="journal des actions").add_subparsers(required=True, metavar="ACTION")
    _finish(audit.add_parser("verify", help="vérifie que rien n’y a été changé"), verify_audit)
    return parser


def _add_database(commands: argparse._SubParsersAction[Parser]) -> None:
    """The commands of the administrator of the database."""
    parser = commands.add_parser("db", help="installe, met à jour et sauvegarde la base")
    acts = parser.add_subparsers(required=True, metavar="ACTION")
    init = acts.add_parser("init", help="prépare une base")
    init.add_argument(
        "--admin",
        metavar="AGENT",
        help=f"crée le premier administrateur{NBSP}; son mot de passe est demandé, ou lu dans {ADMIN_PASSWORD}",
    )
    _finish(init, prepare_database)
    _finish(acts.add_parser("upgrade", help="met la base à jour"), upgrade_database)
    _finish(acts.add_parser("status", help="dit où en est la base"), show_status)
    backup = acts.add_parser("backup", help="sauvegarde la base dans un fichier")
    backup.add_argument("file", type=Path, metavar="FICHIER")
    _finish(backup, back_up)
    restore = acts.add_parser("restore", help="restaure une sauvegarde dans une base neuve")
    restore.add_argument("file", type=Path, metavar="FICHIER")
    restore.add_argument("--replace", action="store_true", help="remplace la base si elle contient des données")
    _finish(restore, restore_backup)


def _finish(parser: Parser, run: Callable[[argparse.Namespace], int]) -> None:
    """A command that works on a database."""
    _add_connection(parser)
    parser.set_defaults(run=run)


def _add_connection(parser: Parser) -> None:
    """Which database, and as whom; left out, nothing of what stood before the command is overwritten."""
    options: dict[str, Any] = {"default": argparse.SUPPRESS}
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", metavar="URL", help="postgresql://agent@serveur/base", **options)
    where.add_argument("--profile", metavar="NOM", help="une connexion enregistrée", **options)
    where.add_argument("--local", metavar="DOSSIER", type=Path, help="une base dans ce dossier", **options)
    parser.add_argument("--as", dest="as_login", metavar="AGENT", help="l’agent, sur une base locale", **options)


def _day(text: str) -> date:
    """A day as it is typed; argparse tells what is wrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un jour comme 2026-11-22") from None


# Which database -------------------------------------------------------------------------------------------------------


def _address(wanted: argparse.Namespace) -> tuple[Target, str]:
    """The server that was named, and its password: from the address, the vault, the environment, or the keyboard."""
    from dombes_office.credentials import SavedProfiles, Vault
    from dombes_office.database.opening import target_of_url

    if wanted.as_login:
        raise InvalidEntry("L’option --as ne vaut que pour une base locale.", "Écrivez l’agent dans l’adresse.")
    password: str | None = None
    if wanted.url:
        target, password = target_of_url(wanted.url)
    elif wanted.profile:
        target = SavedProfiles().find(wanted.profile).target
        with contextlib.suppress(Outage):  # Without a vault the password is asked for.
            password = Vault().recall(target)
    else:
        raise InvalidEntry("Indiquez la base.", "Ajoutez --url, --profile ou --local.")
    password = password or os.environ.get("PGPASSWORD")
    if not password and not target.host.startswith("/") and sys.stdin is not None and sys.stdin.isatty():
        import getpass

        password = getpass.getpass(f"Mot de passe de {target.login}{NBSP}: ")
    return target, password or ""


@contextlib.contextmanager
def _open(wanted: argparse.Namespace, group: str = "") -> Iterator[Database]:
    """The database that was named. In a local one, as `--as`, or an agent of the group, or else its superuser."""
    from dombes_office.database.engine import Database
    from dombes_office.database.opening import LOCAL_DATABASE, first_agent, local_server, superuser

    if wanted.local is None:
        with Database(*_address(wanted)) as database:
            yield database
        return
    with local_server(wanted.local) as server:
        login = wanted.as_login or (first_agent(server, group) if group else "")
        opened = Database(server.target(login, LOCAL_DATABASE), server.password(login)) if login else superuser(server)
        with opened as database:
            yield database


@contextlib.contextmanager
def _archives(wanted: argparse.Namespace, *, with_office: bool) -> Iterator[Archives]:
    """What makes and reads backups of the database that was named."""
    from dombes_office.database.backup import Archives
    from dombes_office.database.opening import LOCAL_DATABASE, local_server

    if wanted.local is None:
        yield Archives(*_address(wanted))
        return
    with local_server(wanted.local, with_office=with_office) as server:
        yield Archives(server.target(database=LOCAL_DATABASE), server.password(), programs=server.programs)


# What is done ---------------------------------------------------------------------------------------------------------


def prepare_database(wanted: argparse.Namespace) -> int:
    """`db init`."""
    from dombes_office.database import install
    from dombes_office.database.first_administrator import create_first_administrator

    password = _new_password(wanted.admin) if wanted.admin else ""
    with _open(wanted) as database:
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

    with _open(wanted) as database:
        before = install.status(database)
        install.upgrade(database)
        after = install.status(database)
    print(f"La base est à jour{NBSP}: version {after.revision} du schéma (avant{NBSP}: {before.revision}).")
    return DONE


def show_status(wanted: argparse.Namespace) -> int:
    """`db status`."""
    from dombes_office.database import install

    with _open(wanted) as database:
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
    with _archives(wanted, with_office=True) as archives:
        made = archives.backup(wanted.file)
    print(f"Sauvegarde faite et relue{NBSP}: {sum(made.rows.values())} lignes, {made.byte_count} octets.")
    print(f"SHA-256{NBSP}: {made.sha256}")
    return DONE


def restore_backup(wanted: argparse.Namespace) -> int:
    """`db restore FILE`."""
    with _archives(wanted, with_office=False) as archives:
        restored = archives.restore(wanted.file, replace=wanted.replace)
    print(f"Sauvegarde restaurée et comptée{NBSP}: {sum(restored.rows.values())} lignes.")
    if restored.agents_without_login:
        print(f"{restored.agents_without_login} agents n’ont pas de compte sur ce serveur{NBSP}: recréez-les.")
    return DONE


def fill_with_demo(wanted: argparse.Namespace) -> int:
    """`demo-data`."""
    with _open(wanted) as database:
        _load_demo(database, wanted.size, wanted.seed, wanted.today or _today())
    return DONE


def _load_demo(database: Database, size: str, seed: int, today: date) -> None:
    """Fill the office through a plain connection: rows are copied in."""
    from dombes_office.database.engine import plain_connection
    from dombes_office.demo.loader import load
    from dombes_office.demo.plan import SIZES

    with plain_connection(database.target, str(database.settings.get("password", ""))) as connection:
        report = load(connection, size=SIZES[size], seed=seed, today=today, say=print)
    print(f"{report.families} familles, {report.requests} demandes dont {report.waiting} à examiner.")


def send_mail(wanted: argparse.Namespace) -> int:
    """`mail send`: until interrupted, or with `--once` until nothing is left."""
    from dombes_office.database.trail import seal_trail
    from dombes_office.mailing.mailer import Mailer
    from dombes_office.mailing.server import read_mail_server
    from dombes_office.rules.agents import MAILER

    server = read_mail_server(wanted.smtp or configuration_folder() / "mail.toml")
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with _open(wanted, MAILER) as database:
        report = Mailer(database.transact, server, idle=seal_trail).run(stop, once=wanted.once)
    print(f"{report.sent} courriels partis, {report.postponed} remis à plus tard, {report.refused} refusés.")
    return DONE


def verify_audit(wanted: argparse.Namespace) -> int:
    """`audit verify`."""
    from dombes_office.database.trail import seal_trail, verify_trail

    with _open(wanted) as database:
        while database.transact(seal_trail):
            pass
        report = database.transact(verify_trail)
    print(f"Le journal est intact{NBSP}: {report.events} événements, dont {report.sealed} scellés.")
    print(f"Empreinte à conserver ailleurs{NBSP}: {report.head or 'aucune'}")
    return DONE


def take_tour(wanted: argparse.Namespace) -> int:
    """`tour`."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from dombes_office.demo.tour import run_tour

    run_tour(wanted.out)
    return DONE


def show_window(wanted: argparse.Namespace) -> int:
    """The application: signed in on the demonstration or on the database that was named, else at the sign-in window."""
    from dombes_office.app import run

    if wanted.demo:
        if wanted.url or wanted.profile or wanted.local:
            raise InvalidEntry("La démonstration a sa propre base.", "Retirez --url, --profile ou --local.")
        return _show_demo(wanted.as_login)
    if not (wanted.url or wanted.profile or wanted.local):
        return run()
    from dombes_office.database.desk import check_desk
    from dombes_office.signing_in import Opening, try_password

    with _open(wanted, "office_reviewer") as database:
        guarded = bool(database.settings.get("password"))
        unlock = functools.partial(try_password, database.target) if guarded else None
        return run(Opening(database, database.transact(check_desk), unlock))


def _show_demo(as_login: str | None) -> int:
    """The window on the demonstration's own database, made on first use."""
    from dombes_office.app import run
    from dombes_office.database.desk import check_desk
    from dombes_office.demo.embedded import demo_server
    from dombes_office.demo.staff import AGENTS
    from dombes_office.signing_in import Opening

    folder = local_folder() / "demo"
    with demo_server(folder, size=DEMO_SIZE, seed=DEMO_SEED, today=_today(), say=print) as demo:
        database = demo.open(as_login or AGENTS[0].login)
        return run(Opening(database, database.transact(check_desk)))


def _today() -> date:
    """The day on this machine's calendar: that is what people mean by today."""
    return date.today()  # noqa: DTZ011 - see above.
