"""Folded text finds what a person means, and leads back to the letters that were found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.documents.folding import fold, matches


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Nom : LEFÈVRE Gaëtane", "lefevre gaetane", ["LEFÈVRE Gaëtane"]),
        ("l’école d'Ars", "L'ECOLE", ["l’école"]),
        ("Cœur de bœuf", "coeur", ["Cœur"]),
        ("rue\r\ndu  Lac", "rue du lac", ["rue\r\ndu  Lac"]),
        ("FR76 3000 6000", "fr7630006000", ["FR76 3000 6000"]),
        ("FR7630006000", "FR76 3000 6000", ["FR7630006000"]),
        ("le sport", "lesport", []),
        ("Straße", "strasse", ["Straße"]),
        ("ＦＲ７６", "fr76", ["ＦＲ７６"]),
        ("aaa", "", []),
    ],
)
def test_words_are_found_as_a_person_means_them(text: str, words: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in matches(text, words, 10)] == found


def test_matches_stop_at_their_limit() -> None:
    assert len(matches("a " * 100, "a", 7)) == 7


@given(st.text(max_size=200))
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    folded, origins = fold(text)
    assert len(folded) == len(origins)
    assert origins == sorted(origins)
    assert all(0 <= origin < len(text) for origin in origins)


@given(st.text(max_size=60), st.text(min_size=1, max_size=20), st.text(max_size=60))
def test_a_piece_of_a_text_is_found_in_it(before: str, piece: str, after: str) -> None:
    found = matches(before + piece + after, piece, 1)
    assert found or not fold(piece)[0].strip() or any(letter.isdigit() for letter in piece)
