"""The back office of the family services: one package, built in floors from errors up to the command line."""

from dombes_office.interpreter import make_singletons_immortal

# Here, because the window, the reader's process, the tour and the tests all come through this door before Qt.
make_singletons_immortal()
