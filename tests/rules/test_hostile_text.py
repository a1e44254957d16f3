"""A hostile text layer costs no time: the work on it grows with its length and no faster, and says nothing endless."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.rules.checks import run_checks
from dombes_office.rules.iban import FoundIban, _candidates, find_ibans
from dombes_office.rules.mandates import read_mandate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from tests.rules.conftest import Example

LINES_FOR_A_SIGN = 40
"""Far more than an honest mandate takes, far less than anything that looks at each sign once more for each sign."""

HOSTILE = {
    "ibans that begin and end nowhere": "FR76 ",
    "ibans of a short country": "AD24 ",
    "ibans that overlap": "DE12 3456 7890 ",
    "letters and digits apart": "F.R.7.6.",
    "a reference without a digit": "a:",
    "labels of names": "nom\n",
    "names": "nom : Jean Durand\n",
    "labels of dates": "date 1/1/26\n",
    "a sign that is eighteen": "\ufdfa",
    "blanks of no width": "FR76\u200b\u200b\u200b\u200b1",
}


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python are run."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:  # noqa: ANN401 - the shape of a tracer.
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_read_in_few_steps(pattern: str) -> None:
    text = f"RUM {pattern * (20_000 // len(pattern))}"
    assert steps(lambda: read_mandate([text])) < LINES_FOR_A_SIGN * len(text)
    lines = text.splitlines()
    assert steps(lambda: read_mandate(lines)) < LINES_FOR_A_SIGN * len(text)


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_is_twice_the_work(pattern: str) -> None:
    once, twice = (steps(lambda n=n: find_ibans(pattern * n)) for n in (500, 1000))  # type: ignore[misc] # A default binds it.
    assert twice < 2.5 * once + 100


def test_a_reference_is_looked_for_in_each_word_once() -> None:
    """The regular expression engine counts no lines: a word of many colons is cut, not searched from each of them."""
    assert read_mandate(["RUM " + "a:" * 5000 + "DOMBES-2026-01187"]).rum == "DOMBES-2026-01187"
    assert read_mandate(["RUM " + "a:" * 5000, "autre chose que des deux-points"]).rum == ""


def test_what_is_said_of_a_hostile_mandate_is_short(example: Example) -> None:
    lines = [f"nom : Jean{'abcdefghij'[n % 10] * 90} Durand{chr(97 + n // 10)}" for n in range(200)]
    results = run_checks(example.dossier, example.with_lines("Mandat de prélèvement SEPA", *lines), example.today)
    assert max(len(result.why) for result in results) < 1500


@given(
    st.lists(
        st.sampled_from(("FR76 3000 6000 0112 3456 7890 189", "FR76 3000 6000", "AD24 ", "DE", "12 3456", " ", "x")),
        max_size=30,
    )
)
def test_where_ibans_overlap_the_valid_one_is_kept_then_the_first(parts: list[str]) -> None:
    text = "".join(parts)
    kept: list[FoundIban] = []
    for found in sorted(_candidates(text), key=lambda found: not found.valid):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    assert find_ibans(text) == tuple(sorted(kept, key=lambda found: found.start))
