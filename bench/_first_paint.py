"""Started by `bench.start` in a process of its own: shows a window, says when it has been painted, and ends."""

# ruff: noqa: PLC0415 - loading what it needs, in the order in which the application does, is what is measured.

from __future__ import annotations

import os
import sys


def office() -> int:
    """The application itself, by its own entry."""
    # The command line loads no Qt before it knows that a window is wanted; neither may we.
    from PySide6.QtWidgets import QApplication

    from bench._painted import FirstPaint
    from dombes_office.cli import main

    # The application dresses the instance that it finds.
    FirstPaint(QApplication(["dombes-office"]))
    return main([])


def bare(modules: list[str]) -> int:
    """One empty window."""
    import importlib

    for name in modules:
        importlib.import_module(name)
    from PySide6.QtWidgets import QApplication, QLabel

    from bench._painted import FirstPaint

    application = QApplication(["bare"])
    FirstPaint(application)
    window = QLabel("Bonjour")
    window.resize(960, 640)
    window.show()
    return application.exec()


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    status = office() if what == "office" else bare(rest)
    sys.stdout.flush()
    # The figure has been told: what Python tidies up at its end is no part of it.
    os._exit(status)
