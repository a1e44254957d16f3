"""The child's earlier requests, in two lines each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from dombes_office.rules.french import ago, numeric_date, office_day, service_title
from dombes_office.views.icons import icon
from dombes_office.views.requests.marks import STATUS_MARKS
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from datetime import datetime

    from dombes_office.rules.requests import EarlierRequest


class EarlierLine(QFrame):
    """One earlier request, in two lines."""

    def __init__(self, request: EarlierRequest, now: datetime) -> None:
        super().__init__()
        mark = STATUS_MARKS[request.status]
        said = f"{mark.words[:1].lower()}{mark.words[1:]}"
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        sign = QLabel()
        sign.setPixmap(icon(mark.icon_name, mark.state).pixmap(14, 14))
        grid.addWidget(sign, 0, 0)
        title = words(f"{office_day(request.submitted_at).year}, {said}")
        title.setToolTip(f"{service_title(request.service_name)}, n° {request.number}")
        grid.addWidget(title, 0, 1)
        when = (
            ago(request.submitted_at, now)
            if request.decided_at is None
            else numeric_date(office_day(request.decided_at))
        )
        who = f", {request.decided_by}" if request.decided_by else ""
        second = words(f"{when}{who}", "secondary")
        second.setToolTip(service_title(request.service_name))
        grid.addWidget(second, 1, 1)
        self.setAccessibleName(f"Demande {request.number}, {service_title(request.service_name)}, {said}, {when}{who}")
