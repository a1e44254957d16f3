"""What screens remember of an agent's habits: filters, orders and widths in one small JSON file for each login."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)


class AgentMemory:
    """The file of one login in `folder` (see `settings.configuration_folder`); nobody's personal data goes in.

    A file that is missing, broken or not ours counts as empty; one that cannot be written costs the habit, not the
    work. The login is in the name of the file as a digest only: it may hold signs that no file name allows.
    """

    def __init__(self, folder: Path, login: str) -> None:
        digest = hashlib.sha256(login.encode()).hexdigest()
        self.path = folder / f"habits-{digest[:16]}.json"

    def page(self, key: str) -> MutableMapping[str, Any]:
        """The habits of one page, by names of its own; values are what JSON knows. Each change is written at once."""
        return _PageMemory(self, key)

    def read(self, key: str) -> dict[str, Any]:
        """What the file says of one page now."""
        found = self._read_all().get(key)
        return found if isinstance(found, dict) else {}

    def write(self, key: str, habits: dict[str, Any]) -> None:
        """Put one page's habits into the file; what other pages, or another window, wrote meanwhile stays."""
        everything = self._read_all() | {key: habits}
        fresh = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(everything, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            # The old file is replaced in one step: a power cut leaves one or the other, never half of one.
            fresh.replace(self.path)
        except OSError as error:
            _log.warning("the agent's habits could not be kept: %s", type(error).__name__)

    def _read_all(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


class _PageMemory(MutableMapping[str, Any]):
    """One page's part of the file."""

    def __init__(self, memory: AgentMemory, key: str) -> None:
        self._memory = memory
        self._key = key
        self._habits = memory.read(key)

    @override
    def __getitem__(self, key: str) -> Any:
        return self._habits[key]

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._habits or self._habits[key] != value:
            self._habits[key] = value
            self._memory.write(self._key, self._habits)

    @override
    def __delitem__(self, key: str) -> None:
        del self._habits[key]
        self._memory.write(self._key, self._habits)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._habits)

    @override
    def __len__(self) -> int:
        return len(self._habits)
