"""What the checks are told of a file: what it is and says, or why it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.errors import FileRefused
from dombes_office.rules.checks import PieceReading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dombes_office.documents.pages import DocumentSummary, TextSpan
    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import OfficeError


def reading_of(summary: DocumentSummary, spans: Iterable[TextSpan]) -> PieceReading:
    """A file that was opened."""
    return PieceReading(
        summary.kind.value.upper(),
        summary.page_count,
        tuple(hazard.sentence for hazard in summary.hazards),
        tuple(span.text for span in spans),
    )


def refused_reading(refusal: OfficeError) -> PieceReading:
    """A file that could not be opened: that is a finding too."""
    return PieceReading("", 0, refusal=str(refusal))


def read_piece(renderer: Renderer, content: bytes) -> PieceReading:
    """Read a file that nobody looks at. Raises `RendererFailed` and `WorkCancelled`, which say nothing of the file."""
    try:
        return reading_of(*renderer.read_through(content))
    except FileRefused as refusal:
        return refused_reading(refusal)
