"""The panel beside the queue: the selected request at a glance, its pieces and checks read a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from dombes_office.rules.french import NBSP, counted, file_size, moment, person, service_title
from dombes_office.rules.requests import OPEN_STATUSES, Outcome, RequestDossier, RequestRow, RequestStatus
from dombes_office.views.lists.detail import ListDetail
from dombes_office.views.requests.marks import SPOKEN_OUTCOME, STATE_OF_OUTCOME, STATUS_MARKS
from dombes_office.views.requests.queue_columns import checks_mark, child_facts
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.marks import STATE_ICONS, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from dombes_office.rules.requests import CheckResult, PieceRow
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.widgets.detail_panel import DetailSection
    from dombes_office.views.work import Desk

_SHORT_LABELS = {"health_form": "Fiche santé"}


class QueueDetail(ListDetail[RequestRow, RequestDossier]):
    """Shows one request. Reading its file logs no opening: nothing of the pieces themselves is shown.

    Without `reads_pieces` (an agent who may not read them) only what the list says is shown.
    """

    def __init__(
        self,
        desk: Desk,
        acts: RequestActs,
        *,
        now: Callable[[], datetime],
        reads_pieces: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        read = acts.open_dossier if reads_pieces else None
        super().__init__("Demande sélectionnée", desk, lambda row: row.request_id, read, parent=parent)
        self._now = now
        self._validated = words("", "secondary")
        self.footer.addWidget(self._validated, 1)

    @override
    def describe(self, row: RequestRow) -> None:
        name = person(row.child_last_name, row.child_first_name)
        self.set_title(
            name,
            f"N°{NBSP}{row.number}, reçue {moment(row.submitted_at)}",
            checks_mark(row) or STATUS_MARKS[row.status],
        )
        section = self.add_section("Demande")
        section.add_pair("Service", service_title(row.service_name))
        section.add_pair("Collectivité", row.authority_name)
        section.add_pair("Enfant", child_facts(row, self._now()) or "Âge et classe inconnus")
        section.add_pair("Paiement", "Prélèvement mensuel" if row.by_debit else "Sans prélèvement")
        if row.status is not RequestStatus.PENDING:
            section.add_pair("État", STATUS_MARKS[row.status].words)
        if row.opened_by:
            section.add_pair("Ouverte par", row.opened_by, kind="strong")

    @override
    def describe_whole(self, whole: RequestDossier) -> None:
        self._show_pieces(whole)
        self._show_checks(whole)
        self._show_earlier(whole)

    def _show_pieces(self, dossier: RequestDossier) -> None:
        section = self.add_section("Pièces")
        lines = list(_piece_lines(dossier.pieces))
        for title, right, icon_name, role in lines:
            shown = section.add_line(title, icon_name=icon_name, role=role, right=right)
            shown.setWordWrap(True)
            shown.setAccessibleName(f"{title}{NBSP}: {right}")
        if not lines:
            section.add_text("Ce service ne demande aucune pièce.", kind="context")

    def _show_checks(self, dossier: RequestDossier) -> None:
        section = self.add_section("Contrôles")
        for check in dossier.checks:
            _add_check(section, check)
        if not dossier.checks and dossier.request.status in OPEN_STATUSES:
            section.add_text(
                f"Pas encore faits{NBSP}: ils se font seuls dans un moment calme, ou à l’ouverture.", kind="context"
            )
        elif not dossier.checks:
            section.add_text("Aucun contrôle n’est gardé de cette demande.", kind="context")

    def _show_earlier(self, dossier: RequestDossier) -> None:
        validated = sum(request.status is RequestStatus.VALIDATED for request in dossier.earlier)
        if validated:
            self._validated.setText(counted(validated, "demande déjà validée", "demandes déjà validées"))
            self.show_footer()


def _add_check(section: DetailSection, check: CheckResult) -> None:
    state = STATE_OF_OUTCOME[check.outcome]
    kind = "strong" if check.outcome is Outcome.FAIL else ""
    shown = section.add_line(check.title, icon_name=STATE_ICONS[state], role=state, kind=kind)
    shown.setWordWrap(True)
    shown.setToolTip(check.why)
    shown.setAccessibleName(f"{SPOKEN_OUTCOME[check.outcome]}{NBSP}: {check.title}")


def _piece_lines(pieces: tuple[PieceRow, ...]) -> Iterator[tuple[str, str, str, str]]:
    """(title, what is at the right, icon, its role) for each piece that was given or is lacking."""
    asked = [piece for piece in pieces if piece.needed or piece.given]
    typed = [piece for piece in asked if piece.kind in {"iban", "bic"} and piece.given]
    both = len(typed) > 1
    for piece in asked:
        if both and piece in typed:
            if piece is typed[0]:
                yield " et ".join(p.label for p in typed), "saisis en ligne", "bank", "text2"
        else:
            yield _piece_line(piece)


def _piece_line(piece: PieceRow) -> tuple[str, str, str, str]:
    title = _SHORT_LABELS.get(piece.code, piece.label)
    if not piece.given:
        return title, "manquante", STATE_ICONS[State.VERIFY], State.VERIFY
    if piece.kind != "file":
        return title, "saisi en ligne", "bank" if piece.sensitivity == "bank" else "text-aa", "text2"
    name = piece.file_name or ""
    ending = name.rpartition(".")[2].upper() if "." in name else "fichier"
    size = "" if piece.byte_count is None else file_size(piece.byte_count)
    icon_name = "file-pdf" if ending == "PDF" else "image-square"
    return title, ", ".join(filter(None, (ending, size))), icon_name, "text2"
