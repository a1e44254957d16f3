"""Runs the measurements and prints them as one table of ratios; `python -m bench queue` runs those of one module."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import TYPE_CHECKING

import bench

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench import Figure

ROW = "{mark:<5} {ratio:>7} {budget:>7} {measured:>12} {baseline:>12}  {subject}, against {against}\n"


def modules() -> list[str]:
    """The subjects that can be measured, in alphabetical order."""
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))


def table(figures: Iterable[Figure]) -> str:
    """One line for each figure: kept or not (nothing where nothing was promised), ratio, budget, and their origin."""
    lines = [
        ROW.format(
            mark="" if figure.budget is None else "kept" if figure.kept else "OVER",
            ratio=f"{figure.ratio:.2f}x",
            budget="" if figure.budget is None else f"{figure.budget:g}x",
            measured=f"{figure.measured:.2f} {figure.unit}",
            baseline=f"{figure.baseline:.2f} {figure.unit}",
            subject=figure.subject,
            against=figure.against,
        )
        for figure in figures
    ]
    titles = {"mark": "", "ratio": "ratio", "budget": "budget", "measured": "measured", "baseline": "baseline"}
    return ROW.format(**titles, subject="what", against="what") + "".join(lines)


def main(wanted: Sequence[str]) -> int:
    """Measure and print; 0 when every promise is kept, 1 when one is not or none was made, 2 for an unknown subject."""
    known = modules()
    if strangers := set(wanted) - set(known):
        sys.stderr.write(f"No such subject: {', '.join(sorted(strangers))}. There are: {', '.join(known)}\n")
        return 2
    figures: list[Figure] = []
    for name in wanted or known:
        sys.stdout.write(f"measuring: {name}\n")
        sys.stdout.flush()
        figures += importlib.import_module(f"bench.{name}").run()
    sys.stdout.write(table(figures))
    return int(not figures or not all(figure.kept for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
