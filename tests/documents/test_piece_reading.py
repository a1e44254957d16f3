"""What the checks are told of a file that nobody has opened, hostile ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dombes_office.documents.piece_reading import read_piece
from dombes_office.errors import WorkCancelled
from tests.documents import pieces
from tests.documents.test_process import Call, process_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.documents.renderer import Renderer


def test_a_file_is_read_through_and_let_go(renderer: Renderer) -> None:
    read = read_piece(renderer, pieces.mandate(2))
    assert (read.kind, read.pages, read.refusal) == ("PDF", 2, "")
    assert "MANDAT DE PRÉLÈVEMENT SEPA" in read.lines
    assert renderer._held == {}
    assert process_of(renderer).open_files == set()


def test_the_files_on_the_screen_stay_open(renderer: Renderer) -> None:
    shown = [renderer.open(pieces.mandate(number)) for number in range(1, 7)]
    read_piece(renderer, pieces.mandate(7))
    assert set(renderer._held) == process_of(renderer).open_files == {summary.sha256 for summary in shown}
    assert read_piece(renderer, pieces.mandate(3)).pages == 3
    assert shown[2].sha256 in renderer._held


def test_a_picture_has_no_lines(renderer: Renderer) -> None:
    read = read_piece(renderer, pieces.picture("PNG"))
    assert (read.kind, read.lines) == ("PNG", ())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ" + bytes(200), "programme"),
        (b"", "vide"),
        (pieces.mandate()[:-600], ""),
    ],
)
def test_a_refusal_is_a_finding(renderer: Renderer, content: bytes, words: str) -> None:
    read = read_piece(renderer, content)
    assert words in read.refusal
    assert read_piece(renderer, pieces.mandate()).refusal == ""


@pytest.mark.parametrize("make", [pieces.swelling_pdf, pieces.branching_pdf, pieces.endless_pdf])
def test_a_hostile_file_costs_one_reading(renderer: Renderer, make: Callable[[], bytes]) -> None:
    shown = renderer.open(pieces.mandate())
    read_piece(renderer, make())
    assert renderer.render(shown.sha256, 0, 0.5).width == 298
    assert set(renderer._held) == {shown.sha256}


def test_a_reading_that_is_cut_short_says_nothing_of_the_file(renderer: Renderer) -> None:
    shown = renderer.open(pieces.mandate())
    call = Call(lambda: read_piece(renderer, pieces.mandate(60, lines=50)))
    while not renderer._working:
        call.join(0.001)
    renderer.cancel()
    call.join(5)
    assert isinstance(call.raised, WorkCancelled)
    assert renderer.render(shown.sha256, 0, 0.5).width == 298
    assert set(renderer._held) == {shown.sha256}
