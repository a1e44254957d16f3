"""A page of an administrative form, filled from top to bottom: bands, labelled lines, boxes to tick, a signature."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from dombes_office.demo.papers.drawing import A4, BLACK, GREY, PALE, Box, Rule, Text, answered, ticked
from dombes_office.demo.papers.signature import signature
from dombes_office.rules.french import NBSP, NNBSP, typeset

if TYPE_CHECKING:
    from dombes_office.demo.papers.drawing import Mark, Sheet

LEFT = 40.0
MIDDLE = 305.0
RIGHT = A4[0] - 40
_YES, _NO, _DATE = 330.0, 385.0, 440.0
_LABEL = 7.6
_ROW = 31.0
_LONG = 33
"""More letters than that are written smaller in half a line."""

_CONFIDENTIAL = (
    "Données de santé : lues par les seules personnes qui accueillent l’enfant, gardées pendant l’année scolaire.",
    "À joindre à la demande d’accès au service sur dombesconnect.fr. Validité : 12 mois.",
)


class FormPage:
    """Keeps how far the page is filled, in points from its top."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._y = 40.0

    def sheet(self) -> Sheet:
        """All that stands on the page, in reading order."""
        return tuple(self._marks)

    def header(self, season: str) -> None:
        """The head of the first page."""
        self._marks += [
            Text(LEFT, self._y, "Communauté de communes de la Dombes", 9, "bold"),
            Text(RIGHT, self._y, season, 9, ink=GREY, right=True),
            Text(LEFT, self._y + 32, "FICHE DE RENSEIGNEMENTS", 15, "bold"),
            Text(LEFT, self._y + 50, "relative à la santé de l’enfant", 12, "bold"),
            Text(
                LEFT,
                self._y + 66,
                "À remplir par le responsable légal. Merci de nous signaler tout changement en cours d’année scolaire.",
                8.4,
                ink=GREY,
            ),
        ]
        self._y += 82

    def band(self, title: str) -> None:
        """The title of a part."""
        self._marks += [
            Box(LEFT, self._y, RIGHT - LEFT, 17, None, PALE),
            Text(LEFT + 6, self._y + 12.3, title, 10, "bold"),
        ]
        self._y += 29

    def row(self, *fields: tuple[float, str, str]) -> None:
        """Labelled lines beside one another: (left edge, label, answer), each as wide as there is room."""
        ends = [*(left - 14 for left, _, _ in fields[1:]), RIGHT]
        for (left, label, answer), end in zip(fields, ends, strict=True):
            self._field(left, end, label, answer)
        self._y += _ROW

    def thirds(self, *fields: tuple[str, str]) -> None:
        """Three labelled lines beside one another."""
        self.row(*((left, *field) for left, field in zip((LEFT, 290.0, 420.0), fields, strict=True)))

    def _field(self, left: float, end: float, label: str, answer: str) -> None:
        self._marks.append(Text(left, self._y, label, _LABEL, ink=GREY))
        if answer:
            size = 8.8 if len(answer) > _LONG and end - left < MIDDLE else 10.5
            self._marks.append(answered(left + 3, self._y + 14.5, answer, size))
        self._marks.append(Rule(left, self._y + 18.5, end, self._y + 18.5, 0.5))

    def choice(self, label: str, answers: tuple[tuple[str, bool], ...]) -> None:
        """Boxes to tick after a word."""
        self._y -= _ROW
        self._marks.append(Text(MIDDLE, self._y + 14.5, label, 9))
        for place, (words, yes) in enumerate(answers):
            self._marks += ticked(MIDDLE + 50 + 80 * place, self._y + 14.5, words, yes=yes)
        self._y += _ROW

    def question(self, words: str, yes: bool) -> None:  # noqa: FBT001 - the answer to the question before it.
        """A question with its two boxes at the right; the font has no narrow no-break space."""
        self._marks += [
            Text(LEFT, self._y + 2, typeset(words).replace(NNBSP, NBSP), 9.2),
            *ticked(440, self._y + 2, "Oui", yes=yes),
            *ticked(500, self._y + 2, "Non", yes=not yes),
        ]
        self._y += 20

    def table_head(self, *titles: str) -> None:
        """The head of the table of vaccines."""
        for left, title in zip((LEFT + 6, _YES - 3, _NO - 4, _DATE + 4), titles, strict=True):
            self._marks.append(Text(left, self._y - 1, title, 8.4, "bold"))
        self._y += 5

    def table_row(self, words: str, answer: bool | None, day: str) -> None:  # noqa: FBT001 - a cell of the table.
        """A vaccine: done or not, None where nobody ticked; the day of the last booster, or ""."""
        self._marks += [
            Box(LEFT, self._y, RIGHT - LEFT, 19.5),
            Text(LEFT + 6, self._y + 13, words, 9),
            *ticked(_YES, self._y + 13.3, "", yes=answer is True)[: 3 if answer is True else 1],
            *ticked(_NO, self._y + 13.3, "", yes=answer is False)[: 3 if answer is False else 1],
        ]
        if day:
            self._marks.append(answered(_DATE + 4, self._y + 13.6, day, 10))
        self._y += 19.5

    def sentence(self, words: str, answer: str) -> None:
        """Words, then what was written after them, on a dotted place of its own."""
        self._marks += [
            Text(LEFT, self._y + 2, words, 9.2),
            answered(LEFT + 100, self._y + 1.5, answer),
            Rule(LEFT + 96, self._y + 4.5, RIGHT, self._y + 4.5, 0.4),
        ]
        self._y += 20

    def paragraph(self, *lines: str) -> None:
        """Printed lines."""
        for line in lines:
            self._marks.append(Text(LEFT, self._y + 1, line, 9))
            self._y += 13.5
        self._y += 10

    def signature(self, place: str, seed: int | None) -> None:
        """Place, day and signature; without `seed` nobody signed."""
        self._field(LEFT, 280, "Fait à, le", place)
        self._marks.append(Text(MIDDLE, self._y, "Signature du responsable légal", _LABEL, ink=GREY))
        self._marks.append(Box(MIDDLE, self._y + 5, RIGHT - MIDDLE, 56, GREY))
        if seed is not None:
            # Seeded on its own, so that one person signs the form and the mandate alike.
            self._marks.append(signature(Random(seed), MIDDLE + 22, self._y + 14))  # noqa: S311 - drawn, not secret.
        self._y += 70

    def footer(self, number: int) -> None:
        """The foot of a page."""
        self._marks += [
            Rule(LEFT, 792, RIGHT, 792, 0.5, BLACK),
            *(Text(LEFT, 804 + 11 * row, typeset(line), 7.4, ink=GREY) for row, line in enumerate(_CONFIDENTIAL)),
            Text(RIGHT, 804, f"{number}/2", 7.4, ink=GREY, right=True),
        ]
