"""Opens, draws and reads files through the reading process, which is bounded in time and memory and can be killed.

The process is not trusted: it answers with numbers, codes, text and pixels, all checked here. Calls block, and are
meant for a background thread; `cancel` and `close` may come from any thread.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from dombes_office.documents import answers
from dombes_office.documents.intake import fingerprint, sniff
from dombes_office.documents.reading import MAX_PICTURE_PIXELS
from dombes_office.documents.reading_process import ProcessGone, ReadingProcess, Stop
from dombes_office.documents.refusals import refuse
from dombes_office.documents.renderer_child import child_command
from dombes_office.documents.wire import BrokenFrame
from dombes_office.errors import OfficeError, RendererFailed, WorkCancelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from dombes_office.documents.intake import FileKind
    from dombes_office.documents.pages import DocumentSummary, PageImage, TextSpan

LOG = logging.getLogger(__name__)

MEMORY = 1024 * 1024 * 1024
_MOST_HELD = 6
_MOST_HELD_BYTES = 64 * 1024 * 1024
_MAX_SCALE = 20.0
_ROTATIONS = (0, 90, 180, 270)
_REFUSED_FOR = {Stop.TOO_LONG: "too_slow", Stop.OUT_OF_MEMORY: "too_heavy", Stop.CRASHED: "crashed"}
_MAX_WORDS = 200


@dataclass(slots=True)
class _Held:
    """A file that can be sent again to a fresh process."""

    content: bytes
    kind: FileKind
    summary: DocumentSummary | None = None


class Renderer:
    """One lane of reading: one process at a time, the last few files held in memory, never on a disk.

    `limit` is the time of one command in seconds, `memory` the bytes that the process may allocate, `command` what
    starts it. A process that was killed or died is replaced by the next call, which sends again the files that are
    still held (the last six, 64 MB in all); for any other file that call raises `FileRefused` 'not_open'.
    """

    def __init__(
        self,
        *,
        limit: float = 10.0,
        memory: int = MEMORY,
        start_limit: float = 30.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self._limit = limit
        self._memory = memory
        self._start_limit = start_limit
        self._command = list(command or child_command())
        self._lane = threading.RLock()  # held during a call
        self._guard = threading.Lock()  # held for an instant, also by `cancel`
        self._process: ReadingProcess | None = None
        self._working = False
        self._cancelled = False
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start the process ahead of time."""
        with self._call():
            pass

    def open(self, content: bytes) -> DocumentSummary:
        """What the file is. Raises `FileRefused` with its code, `RendererFailed`, or `WorkCancelled`."""
        kind, sha256 = sniff(content), fingerprint(content)
        with self._call() as process:
            held = self._held.get(sha256)
            if held is None or held.summary is None or sha256 not in process.open_files:
                self._hold(process, sha256, _Held(content, kind))
                self._send(process, sha256)
            return self._summary(sha256)

    def render(self, sha256: str, page: int, scale: float, rotation: int = 0) -> PageImage:
        """One page as pixels, turned clockwise by `rotation` (0, 90, 180, 270).

        `scale` is in pixels per point for a PDF, relative to the original pixels for a picture; the result is smaller
        than asked where it would be over `reading.MAX_PICTURE_PIXELS`. Raises as `open`, and `FileRefused` 'no_page',
        'blank_picture', 'not_open'; `ValueError` for a scale or rotation that means nothing.
        """
        if rotation not in _ROTATIONS or not math.isfinite(scale) or scale <= 0:
            raise ValueError("scale or rotation")
        wanted = {"page": page, "scale": min(scale, _MAX_SCALE), "rotation": rotation}
        with self._call() as process:
            if not 0 <= page < self._summary(sha256).page_count:
                raise refuse("no_page")
            told, pixels = self._ask(process, sha256, "render", wanted)
            return answers.page_image(told, pixels, page)

    def text(self, sha256: str) -> tuple[TextSpan, ...]:
        """The text of a PDF, one span per line, pages in order, each row by row from its top; () for a picture.

        Asked page by page, so that no single answer holds the window up. Raises as `open`, and 'not_open'.
        """
        with self._call() as process:
            return self._text(process, sha256)

    def read_through(self, content: bytes) -> tuple[DocumentSummary, tuple[TextSpan, ...]]:
        """What a file is, and all its text, where nobody looks at it: it is let go at once and pushes no other out.

        Raises as `open`.
        """
        kind, sha256 = sniff(content), fingerprint(content)
        with self._call() as process:
            held = self._held.get(sha256)
            if held is not None and held.summary is not None:
                return held.summary, self._text(process, sha256)
            # Beside those that are held, not among them: the process has room for it.
            self._held[sha256] = _Held(content, kind)
            try:
                self._send(process, sha256)
                return self._summary(sha256), self._text(process, sha256)
            except (ProcessGone, BrokenFrame):
                self._held.pop(sha256, None)
                raise
            finally:
                if sha256 in self._held:
                    self._let_go(process, sha256)

    def search(self, sha256: str, words: str) -> tuple[TextSpan, ...]:
        """Where `words` stand in a PDF, accents and case ignored, each with the box of the words alone.

        Words with a figure are found whether spaces separate their groups or not. Raises as `open`, and 'not_open'.
        """
        with self._call() as process:
            summary = self._summary(sha256)
            if not summary.has_text or not words.strip():
                return ()
            told, _ = self._ask(process, sha256, "search", {"words": words[:_MAX_WORDS]})
            return tuple(answers.spans(told, summary.page_count))

    def forget(self, sha256: str) -> None:
        """Let go of a file, here and in the process."""
        with self._lane:
            self._held.pop(sha256, None)
            if self._process is None or not self._process.is_alive():
                return
        with self._call() as process:
            self._let_go(process, sha256)

    def cancel(self) -> None:
        """Stop the call that is running in another thread, which raises `WorkCancelled`; nothing if there is none."""
        with self._guard:
            if self._working:
                self._cancelled = True
                if self._process:
                    self._process.kill(Stop.CANCELLED)

    def close(self) -> None:
        """End the process and forget every file; a running call is cancelled. The next call would start anew."""
        self.cancel()
        with self._lane:
            self._held.clear()
            self._end_process()

    @contextmanager
    def _call(self) -> Iterator[ReadingProcess]:
        """One public call: a living process, and one sentence for every way in which it can fail."""
        with self._lane:
            with self._guard:
                self._working, self._cancelled = True, False
            try:
                yield self._living_process()
            except (ProcessGone, BrokenFrame) as failure:
                raise self._explained(failure) from failure
            finally:
                with self._guard:
                    self._working = False

    def _living_process(self) -> ReadingProcess:
        if self._process and self._process.is_alive():
            return self._process
        self._end_process()
        process = ReadingProcess(self._command)
        with self._guard:
            self._process = process
            if self._cancelled:
                process.kill(Stop.CANCELLED)
        process.begin(memory=self._memory, limit=self._limit, start_limit=self._start_limit)
        return process

    def _end_process(self) -> None:
        with self._guard:
            process, self._process = self._process, None
        if process:
            process.end()

    def _explained(self, failure: ProcessGone | BrokenFrame) -> OfficeError:
        """The sentence for a process that is gone, or that answered what it never should."""
        process = self._process
        stop = process.why_it_stopped() if process and isinstance(failure, ProcessGone) else Stop.NONSENSE
        self._end_process()
        LOG.info("The reading process was stopped: %s", stop.value)
        if self._cancelled:
            return WorkCancelled("La lecture du fichier a été interrompue à votre demande.")
        if stop in _REFUSED_FOR:
            return refuse(_REFUSED_FOR[stop])
        return RendererFailed("Le lecteur de fichiers s’est arrêté.", "Réessayez\u00a0: il redémarre de lui-même.")

    def _hold(self, process: ReadingProcess, sha256: str, held: _Held) -> None:
        """Keep the file for a fresh process, and let the least recently used ones go."""
        self._held.pop(sha256, None)
        while self._held and (
            len(self._held) >= _MOST_HELD
            or sum(len(other.content) for other in self._held.values()) + len(held.content) > _MOST_HELD_BYTES
        ):
            self._let_go(process, next(iter(self._held)))
        self._held[sha256] = held

    def _let_go(self, process: ReadingProcess, sha256: str) -> None:
        self._held.pop(sha256, None)
        if sha256 in process.open_files:
            process.open_files.discard(sha256)
            process.exchange({"do": "forget", "key": sha256}, limit=self._limit)

    def _summary(self, sha256: str) -> DocumentSummary:
        held = self._held.get(sha256)
        if held is None or held.summary is None:
            raise refuse("not_open")
        self._held.move_to_end(sha256)
        return held.summary

    def _send(self, process: ReadingProcess, sha256: str) -> None:
        """Have the process open a held file; one that it refuses is not held any longer."""
        held = self._held[sha256]
        try:
            told, _ = process.exchange(
                {"do": "open", "key": sha256, "kind": held.kind.value}, held.content, limit=self._limit
            )
            answers.check_refusal(told)
            held.summary = answers.summary(told, held.kind, sha256, len(held.content))
        except BaseException:
            self._held.pop(sha256, None)
            raise
        process.open_files.add(sha256)

    def _text(self, process: ReadingProcess, sha256: str) -> tuple[TextSpan, ...]:
        summary = self._summary(sha256)
        spans: list[TextSpan] = []
        for page in range(summary.page_count if summary.has_text else 0):
            told, _ = self._ask(process, sha256, "text", {"page": page})
            spans += answers.spans(told, summary.page_count)
        return tuple(spans)

    def _ask(
        self, process: ReadingProcess, sha256: str, act: str, wanted: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        """One command about an open file, sent again first where the process is a fresh one."""
        if sha256 not in process.open_files:
            self._send(process, sha256)
        most = 4 * MAX_PICTURE_PIXELS if act == "render" else 0
        told, pixels = process.exchange({"do": act, "key": sha256, **wanted}, limit=self._limit, max_body=most)
        answers.check_refusal(told)
        return told, pixels
