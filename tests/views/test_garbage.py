"""Garbage is collected in the window's thread, never behind its back."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from dombes_office.views.garbage import GarbageCollection

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Knot(QLabel):
    """A window that holds itself."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_a_window_in_a_cycle_waits_for_the_collection(qtbot: QtBot) -> None:
    gc.enable()
    collection = GarbageCollection()
    try:
        knot = weakref.ref(Knot())
        litter = [[at] for at in range(10 * gc.get_threshold()[0])]
        assert knot() is not None
        collection.look()
        assert knot() is None
        assert len(litter) == 10 * gc.get_threshold()[0]
    finally:
        collection.stop()
    assert gc.isenabled()
    assert qtbot is not None
