"""A check as it is read: its sign and title, why, and where two values differ, the part that differs underlined."""

from __future__ import annotations

from difflib import SequenceMatcher
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dombes_office.rules.french import NBSP, group_iban
from dombes_office.rules.requests import CheckResult, Outcome
from dombes_office.views.icons import SMALL, icon
from dombes_office.views.palette import current_palette
from dombes_office.views.requests.marks import SPOKEN_OUTCOME, STATE_OF_OUTCOME
from dombes_office.views.widgets.labels import IconLabel, words
from dombes_office.views.widgets.marks import STATE_ICONS


def check_line(check: CheckResult, *, with_reason: bool = False) -> QWidget:
    """One check; a failure stands in a soft box with its reason, the others on one quiet line."""
    failed = check.outcome is Outcome.FAIL
    line = QFrame()
    line.setProperty("kind", "failure-box" if failed else "plain")
    line.setAccessibleName(f"{SPOKEN_OUTCOME[check.outcome]}{NBSP}: {check.title}. {check.why}".strip())
    line.setToolTip(check.why)
    whole = QVBoxLayout(line)
    whole.setContentsMargins(*((9, 6, 9, 7) if failed else (0, 0, 0, 0)))
    whole.setSpacing(1)
    row = QHBoxLayout()
    row.setSpacing(7)
    state = STATE_OF_OUTCOME[check.outcome]
    sign = QVBoxLayout()
    # Two pixels lower, so that it stands beside the first line of the words.
    sign.setContentsMargins(0, 2, 0, 0)
    sign.addWidget(IconLabel(icon(STATE_ICONS[state], state), size=SMALL - 2))
    sign.addStretch(1)
    row.addLayout(sign)
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(words(check.title, "failure-title" if failed else "", wrap=True))
    row.addLayout(column, 1)
    whole.addLayout(row)
    if compares(check):
        # Two IBANs need the whole width of the box.
        whole.addWidget(_compared(check))
    elif check.why and (with_reason or failed or check.outcome is Outcome.VERIFY):
        column.addWidget(words(check.why, "secondary", wrap=True))
    return line


def compares(check: CheckResult) -> bool:
    """Whether both values of a check are shown, one above the other."""
    return check.outcome is Outcome.FAIL and bool(check.spoken and check.found)


def _compared(check: CheckResult) -> QWidget:
    """The typed value above the one in the document, the differing part bold and underlined."""
    frame = QFrame()
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 1, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 1)
    spoken, found = differing(group_iban(check.spoken), group_iban(check.found))
    where = "Mandat" if check.requirement_code == "mandate" else "Juste"
    for row, (label, parts) in enumerate((("Saisi", spoken), (where, found))):
        value = QLabel(_as_html(parts))
        value.setTextFormat(Qt.TextFormat.RichText)
        value.setProperty("kind", "mono-small")
        value.setAccessibleName(f"{label}{NBSP}: {''.join(text for text, _ in parts)}")
        grid.addWidget(words(label, "secondary"), row, 0)
        grid.addWidget(value, row, 1)
    return frame


Parts = tuple[tuple[str, bool], ...]


def differing(one: str, other: str) -> tuple[Parts, Parts]:
    """Two values cut into parts, each with whether it differs; everything from the first to the last difference."""
    blocks = [b for b in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks() if b.size]
    head = blocks[0].size if blocks and blocks[0].a == blocks[0].b == 0 else 0
    # The whole group of four is marked: it is what one compares.
    head = one.rfind(NBSP, 0, head + 1) + 1 if NBSP in one else head
    return _cut(one, head), _cut(other, head)


def _cut(value: str, head: int) -> Parts:
    return tuple(part for part in ((value[:head], False), (value[head:], True)) if part[0])


def _as_html(parts: Parts) -> str:
    colour = current_palette().failure
    return "".join(
        f'<u style="color:{colour};font-weight:600">{escape(text)}</u>' if differs else escape(text)
        for text, differs in parts
    )
