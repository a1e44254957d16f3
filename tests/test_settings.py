"""What is kept of one desk: after how long it locks."""

from __future__ import annotations

import pytest

from dombes_office.settings import configuration_folder, lock_minutes


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ('{"lock_minutes": 5}', 5),
        ('{"lock_minutes": 60, "of_another_version": true}', 60),
        ('{"lock_minutes": 0}', 1),
        ('{"lock_minutes": -3}', 1),
        ('{"lock_minutes": 480}', 60),
        ('{"lock_minutes": 1e999}', 10),
        ('{"lock_minutes": "15"}', 15),
        ('{"lock_minutes": "dix"}', 10),
        ('{"lock_minutes": null}', 10),
        ("{}", 10),
        ("[]", 10),
        ("12", 10),
        ("", 10),
        ("\ufeff{", 10),
    ],
)
def test_a_desk_locks_after_one_to_sixty_minutes(written: str, minutes: int) -> None:
    folder = configuration_folder()
    folder.mkdir(parents=True)
    (folder / "desk.json").write_text(written, encoding="utf-8")
    assert lock_minutes() == minutes


def test_a_desk_of_which_nothing_is_kept_locks_after_ten_minutes() -> None:
    assert lock_minutes() == 10
    (configuration_folder() / "desk.json").mkdir(parents=True)
    assert lock_minutes() == 10
