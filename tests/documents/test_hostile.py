"""Files made to hang, swell or crash a reader cost one reading process at most, and the next file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dombes_office.documents.renderer import Renderer
from dombes_office.errors import FileRefused, OfficeError
from tests.documents import pieces

if TYPE_CHECKING:
    from collections.abc import Callable


def read_through(renderer: Renderer, content: bytes) -> None:
    """Everything that the window asks about a file."""
    summary = renderer.open(content)
    renderer.render(summary.sha256, 0, 0.5)
    renderer.render(summary.sha256, summary.page_count - 1, 0.5, 90)
    renderer.text(summary.sha256)
    renderer.search(summary.sha256, "IBAN")


def test_an_endless_pdf_is_stopped_and_the_next_file_read() -> None:
    with Renderer(limit=1.5) as renderer:
        before = renderer.open(pieces.mandate())
        with pytest.raises(FileRefused) as refused:
            read_through(renderer, pieces.endless_pdf())
        assert refused.value.code == "too_slow"
        assert renderer.render(before.sha256, 0, 0.5).width == 298
        read_through(renderer, pieces.picture("PNG"))


@pytest.mark.parametrize("make", [pieces.swelling_pdf, pieces.branching_pdf])
def test_a_swelling_pdf_is_stopped_at_the_memory_allowed(make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) < 10_000
    with Renderer(limit=60) as renderer:
        with pytest.raises(FileRefused) as refused:
            read_through(renderer, content)
        assert refused.value.code == "too_heavy"
        read_through(renderer, pieces.mandate())


def test_objects_that_would_swell_are_not_inflated() -> None:
    with Renderer(limit=60) as renderer:
        renderer.warm()
        read_through(renderer, pieces.swelling_objects_pdf())


def test_a_process_short_of_memory_refuses_the_file_and_goes_on() -> None:
    with Renderer(limit=60, memory=200 * 1024 * 1024) as renderer:
        photograph = pieces.saved(pieces.upright((9000, 9000)), "PNG")
        with pytest.raises(FileRefused) as refused:
            renderer.open(photograph)
        assert refused.value.code in {"too_heavy", "crashed"}
        read_through(renderer, pieces.mandate())


@pytest.mark.parametrize("seed", range(5))
def test_damaged_files_are_shown_or_refused_and_never_anything_else(seed: int) -> None:
    refusals = 0
    with Renderer(limit=20) as renderer:
        for content in pieces.mutations(seed, 40):
            try:
                read_through(renderer, content)
            except OfficeError:
                refusals += 1
        read_through(renderer, pieces.mandate())
    assert 0 < refusals < 40
