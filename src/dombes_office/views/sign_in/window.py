"""The sign-in window: which base, who, and with what password; it opens a door that it is given, and says why not."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.errors import InvalidEntry, OfficeError, WrongPassword
from dombes_office.views.busy import Busy, busy
from dombes_office.views.icons import application_icon
from dombes_office.views.sign_in.errand import Attempt, Errand
from dombes_office.views.sign_in.form import HELP, SignInForm
from dombes_office.views.sign_in.parts import WindowRing
from dombes_office.views.sign_in.vault import KeptPassword

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent

    from dombes_office.rules.connections import Profile, Target
    from dombes_office.views.sign_in.profile_dialog import ProfileDialog, Profiles
    from dombes_office.views.sign_in.vault import Passwords

_log = logging.getLogger(__name__)

LOOK_AGAIN = 15_000
"""Milliseconds after which a server that could not be reached is asked again."""
_PATIENCE = 2_000
"""Milliseconds after which waiting for a server may be given up."""


def _nothing(_opened: object) -> None:
    """What becomes of an unwanted door that needs no closing."""


class SignInWindow(QWidget):
    """Asks until somebody is let in; `signed_in` carries what `connect(profile, login, password)` returned.

    `check(target, password)` tells in a few words how a server is, or raises; `password` is "" where none is known.
    `connect`, `check` and `passwords` are called aside, never in the window's thread.
    The vault is asked only after somebody ticked the box, which `habits` (a mapping that lasts, JSON values) remembers
    along with the profile used last. What `connect` returned too late, the window being closed or the attempt given up,
    goes to `discard`. The window stays as it is after `signed_in`: its owner shows the next one, then deletes this one.
    """

    signed_in = Signal(object)

    def __init__(
        self,
        profiles: Profiles,
        check: Callable[[Target, str], str],
        connect: Callable[[Profile, str, str], Any],
        version: str,
        *,
        passwords: Passwords,
        habits: MutableMapping[str, Any],
        discard: Callable[[Any], object] = _nothing,
        help_line: str = HELP,
    ) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowMinimizeButtonHint)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, on=False)
        self.setWindowFlag(Qt.WindowType.WindowCloseButtonHint)
        self.setWindowTitle("Dombes Office")
        self._saved, self._check, self._connect = profiles, check, connect
        self._habits, self._discard = habits, discard
        self._known: dict[str, Profile] = {}
        self._attempt: Attempt[Any] | None = None
        self._opening: Any = None
        self._busy: Busy | None = None
        self._dialog: ProfileDialog | None = None
        self.form = SignInForm(version, help_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # The window follows what it says: it grows by a sentence and never has a scroll bar.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        layout.addWidget(self.form)
        self._looking = Errand("sign-in-look", self)
        self._kept = KeptPassword(passwords, habits, self)
        self._door = Errand("sign-in-door", self)
        self._door.broke.connect(self._broke)
        self._again = QTimer(self, singleShot=True, interval=LOOK_AGAIN)
        self._again.timeout.connect(self._look)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self.form.cancel.show)
        self._listen()
        self._read_profiles(str(habits.get("profile", "")))

    def _listen(self) -> None:
        form = self.form
        form.submitted.connect(self._submit)
        form.cancelled.connect(self._give_up)
        form.profile_chosen.connect(self._choose)
        form.profiles_wanted.connect(self.edit_profiles)
        form.login_edited.connect(self._show_kept)
        form.remember_wanted.connect(self._remember_wanted)
        self._kept.answered.connect(self._vault_answers)
        self._kept.refused.connect(self._vault_refuses)
        self._ring = WindowRing(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._ring.follow_here)

    @property
    def profile(self) -> Profile | None:
        """The profile that is chosen."""
        return self._known.get(self.form.profiles.currentText())

    @property
    def target(self) -> Target | None:
        """The base that is chosen, for the login that is typed."""
        profile = self.profile
        return None if profile is None else replace(profile.target, login=self.form.login.text().strip())

    # Which base ------------------------------------------------------------------------------------------------------

    def _read_profiles(self, chosen: str) -> None:
        try:
            self._known = {profile.name: profile for profile in self._saved.read()}
        except OfficeError as error:
            self._known = {}
            self.form.say_notice(error)
        self.form.show_profiles(tuple(self._known), chosen)
        self._choose(self.form.profiles.currentText())
        self.form.start_where_needed()

    @Slot(str)
    def _choose(self, name: str) -> None:
        """Show a profile's login, unless another was typed by hand, and ask how its server is."""
        profile = self._known.get(name)
        if profile is None:
            return
        typed = self.form.login.text()
        if not typed or typed in {one.target.login for one in self._known.values()}:
            self.form.login.setText(profile.target.login)
        self.form.clear_errors()
        self.form.say_of_vault("")
        self.form.remember.setChecked(self._kept.is_wanted(name))
        self._kept.drop()
        self._show_kept()
        self._say_looking()
        if self.isVisible():
            self._ask_around()

    @Slot()
    def _ask_around(self) -> None:
        """Ask the vault where it keeps the password, and the server after it."""
        profile, target = self.profile, self.target
        if profile is not None and target is not None and target.login and self._kept.is_wanted(profile.name):
            self._kept.ask(target)
        else:
            self._look()

    @Slot()
    def _vault_answers(self) -> None:
        self._show_kept()
        self._look()

    @Slot(object)
    def _vault_refuses(self, error: OfficeError) -> None:
        """Nothing will be kept, and she reads why before she types."""
        self.form.remember.setChecked(False)
        self.form.show_error(error)
        self._look()

    @Slot(bool)
    def _remember_wanted(self, wanted: bool) -> None:  # noqa: FBT001 - the signature of Qt's signal.
        """The box was ticked: say at once where there is no vault to keep anything."""
        self.form.say_of_vault("")
        target = self.target
        if wanted and target is not None:
            self._kept.ask(target)

    @Slot()
    def _show_kept(self) -> None:
        self.form.say_recalled(recalled=self._kept.for_target(self.target) != "")

    @Slot()
    def _look(self) -> None:
        """Ask how the server is."""
        self._again.stop()
        target = self.target
        if target is None:
            return
        self._say_looking()
        self._looking.start(
            partial(self._check, target, self._kept.for_target(target)), done=self._reachable, refused=self._unreachable
        )

    def _say_looking(self) -> None:
        self.form.reach.say("Vérification du serveur…", "hourglass", "text2")

    @Slot(object)
    def _reachable(self, sentence: str) -> None:
        self.form.reach.say(sentence, "check-circle", "good")

    @Slot(object)
    def _unreachable(self, error: OfficeError) -> None:
        self.form.reach.say(error.sentence, "warning-fill", "verify", error.way_out)
        self._again.start()

    @Slot()
    def edit_profiles(self) -> None:
        """Open the list of profiles."""
        # Most mornings nobody opens it.
        from dombes_office.views.sign_in.profile_dialog import ProfileDialog  # noqa: PLC0415

        self._dialog = ProfileDialog(self._saved, tuple(self._known.values()), self.form.profiles.currentText(), self)
        self._dialog.removed.connect(self._kept.forget)
        self._dialog.finished.connect(self._profiles_edited)
        self._dialog.open()

    @Slot()
    def _profiles_edited(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
            self._read_profiles(dialog.chosen)

    # Who -------------------------------------------------------------------------------------------------------------

    @Slot()
    def _submit(self) -> None:
        if self._opening is not None:
            self._let_in()
            return
        profile, target = self.profile, self.target
        if profile is None or target is None:
            self.edit_profiles()
            return
        if self._busy is not None:
            return
        self.form.clear_errors()
        password = self.form.password.text() or self._kept.for_target(target)
        missing = _missing(target, password)
        if missing is not None:
            self.form.show_error(missing)
            return
        self._begin_to_wait()
        self._attempt = Attempt(partial(self._connect, profile, target.login, password), self._discard)
        self._door.start(self._attempt, done=self._opened, refused=self._refused)

    def _begin_to_wait(self) -> None:
        self._again.stop()
        self._looking.give_up()
        self._busy = busy(self.form.submit, "Connexion…")
        self.form.show_busy(busy=True)
        self._patience.start()

    def _end_of_waiting(self) -> None:
        self._patience.stop()
        self.form.cancel.hide()
        self.form.show_busy(busy=False)
        waiting, self._busy = self._busy, None
        if waiting is not None:
            waiting.end()

    @Slot(object)
    def _refused(self, error: OfficeError) -> None:
        self._attempt = None
        self._end_of_waiting()
        self.form.password.setFocus()
        if isinstance(error, WrongPassword):
            # What the vault kept is not right any more: the next attempt must be typed.
            self._kept.drop()
            self._show_kept()
        self.form.show_error(error)
        self._look()

    @Slot()
    def _broke(self) -> None:
        """A bug, reported elsewhere: the form is hers again."""
        self._attempt = None
        self._end_of_waiting()

    @Slot()
    def _give_up(self) -> None:
        """Want the answer of a slow server no more; what was typed stays."""
        if self._attempt is not None:
            self._door.give_up()
            self._attempt.give_up()
            self._attempt = None
            self._end_of_waiting()
            self.form.password.setFocus()
            self._look()

    @Slot(object)
    def _opened(self, _nothing: None) -> None:
        """Somebody is let in: keep her password if she wants that, before this window goes."""
        attempt, self._attempt = self._attempt, None
        profile, target = self.profile, self.target
        if attempt is None or profile is None or target is None:
            return
        self._opening = attempt.take()
        self._habits["profile"] = profile.name
        password = self.form.password.text() or self._kept.for_target(target)
        self._door.start(
            partial(self._keep, profile, target, password if self.form.remember.isChecked() else ""),
            done=self._let_in,
            refused=self._not_kept,
        )

    def _keep(self, profile: Profile, target: Target, password: str) -> None:
        """Aside: keep the login with the profile, and the password in the vault, or take it out; "" is for none."""
        if profile.target.login != target.login:
            try:
                self._saved.save(replace(profile, target=target))
            except OfficeError as error:
                # Next time the login is typed again, no more than that.
                _log.info("the login could not be kept with its profile: %s", type(error).__name__)
        self._kept.store(profile.name, target, password)

    @Slot(object)
    def _not_kept(self, error: OfficeError) -> None:
        """She is let in and the vault keeps nothing: she reads that before this window goes."""
        self._end_of_waiting()
        self.form.show_busy(busy=True)
        self.form.remember.setChecked(False)
        self.form.submit.setText("&Continuer")
        self.form.submit.setFocus()
        self.form.show_error(error)

    @Slot(object)
    def _let_in(self, _nothing: None = None) -> None:
        opening, self._opening = self._opening, None
        profile = self.profile
        if opening is None or profile is None:
            return
        self._kept.want(profile.name, wanted=self.form.remember.isChecked())
        self._stop()
        self.form.password.clear()
        self.signed_in.emit(opening)

    # The window ------------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Want nothing any more of what is under way."""
        self._again.stop()
        self._patience.stop()
        self._kept.drop()
        self._looking.give_up()
        self._door.give_up()
        if self._attempt is not None:
            self._attempt.give_up()
            self._attempt = None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._attempt is not None:
            self._give_up()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.form.submit.hasFocus():
            self.form.submit.click()
        else:
            super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        opening, self._opening = self._opening, None
        if opening is not None:
            self._discard(opening)
        super().closeEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        screen = self.screen()
        if not event.spontaneous() and screen is not None:
            size, centre = self.sizeHint(), screen.availableGeometry().center()
            self.move(centre.x() - size.width() // 2, max(0, centre.y() - size.height() // 2 - 30))
            QTimer.singleShot(0, self, self._shown)

    @Slot()
    def _shown(self) -> None:
        """What the first sight of the window need not wait for: its icon, and what loads libraries to ask around."""
        if self.isVisible():
            self.setWindowIcon(application_icon())
            self._ask_around()


def _missing(target: Target, password: str) -> OfficeError | None:
    """What must be typed before a server is asked; a server in a folder of this machine knows who is there."""
    if not target.login:
        return InvalidEntry("Saisissez votre identifiant.", field="login")
    if not password and not target.host.startswith("/"):
        return InvalidEntry("Saisissez votre mot de passe.", field="password")
    return None
