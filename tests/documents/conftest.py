"""The reading process of these tests, and pixels as a test looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dombes_office.documents.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dombes_office.documents.pages import PageImage


@pytest.fixture(scope="module")
def shared() -> Iterator[Renderer]:
    """One process for the files of a module that do not harm it."""
    with Renderer(limit=60) as renderer:
        renderer.warm()
        yield renderer


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    """A process of the test's own."""
    with Renderer(limit=60) as own:
        yield own


def seen(image: PageImage) -> Image.Image:
    """The pixels as a Pillow picture."""
    return Image.frombytes("RGB", (image.width, image.height), image.pixels, "raw", "BGRX", image.stride)
