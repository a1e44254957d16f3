"""The reading process: gets files through its input pipe, gives summaries, pixels and text through its output pipe.

Started by `renderer.Renderer` as `python -m dombes_office.documents.renderer_child`; in a bundle by `--renderer-child`.
It expects to be fed hostile files and killed at any moment: it keeps nothing but the pipes.
"""

from __future__ import annotations

import io
import os
import sys
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, BinaryIO

from dombes_office.documents import RENDERER_CHILD, wire
from dombes_office.documents.confinement import bound_next_command, confine, readable_folders
from dombes_office.documents.intake import MAX_BYTES, MAX_PAGES, FileKind
from dombes_office.documents.reading import Unreadable

if TYPE_CHECKING:
    from dombes_office.documents.reading import Line, OpenDocument, Picture

_MOST_OPEN = 8
_GRACE = 2.0  # seconds that the parent has to end a command before this process ends itself

Answer = tuple[dict[str, Any], bytes | memoryview]


def child_command() -> list[str]:
    """The command that starts this process, from source or from a bundle; nothing about a file is ever in it."""
    if getattr(sys, "frozen", False):
        return [sys.executable, RENDERER_CHILD]
    # -P: a file named PIL.py in the current folder must not be imported; -B: nothing is written.
    return [sys.executable, "-P", "-B", "-m", "dombes_office.documents.renderer_child"]


def main() -> int:
    """Serve until the input pipe closes; 0 then, 2 where what arrives is not from our parent."""
    source, sink = _claim_pipes()
    try:
        begin, _ = wire.read_frame(source, 0)
        limit = float(begin["limit"])
        confine(int(begin["memory"]), readable=readable_folders())
        shelf = _Shelf()
        wire.write_frame(sink, {"ready": True})
        while True:
            header, body = wire.read_frame(source, MAX_BYTES)
            bound_next_command(limit + _GRACE)
            told, pixels = _answer(shelf, header, body)
            del body
            wire.write_frame(sink, {"id": header.get("id"), **told}, pixels)
            del pixels
            bound_next_command(0)
    except (wire.PipeClosed, BrokenPipeError):
        return 0
    except wire.BrokenFrame:
        return 2


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes under new numbers, with standard output and errors closed to libraries that chatter."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        for number in (0, 1):
            msvcrt.setmode(number, os.O_BINARY)
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return io.open(source, "rb"), io.open(sink, "wb")  # noqa: UP020 - builtins.open is for files with a name


class _Shelf:
    """The files that are open, the least recently used one first."""

    def __init__(self) -> None:
        # Qt and Pillow load here, after the walls are up.
        from PySide6.QtCore import QCoreApplication, qInstallMessageHandler  # noqa: PLC0415 - see above

        from dombes_office.documents import pdf_pages, pictures  # noqa: PLC0415 - see above

        qInstallMessageHandler(lambda *_: None)
        self._application = QCoreApplication([])
        pictures.prepare()
        self._open_pdf = pdf_pages.PdfDocument
        self._open_picture = pictures.PictureDocument
        self._documents: OrderedDict[str, OpenDocument] = OrderedDict()

    def open(self, key: str, kind: FileKind, content: bytes) -> OpenDocument:
        """Open a file and keep it under `key`; the oldest leaves when there are too many."""
        document = self._open_pdf(content) if kind is FileKind.PDF else self._open_picture(content, kind)
        self._documents[key] = document
        while len(self._documents) > _MOST_OPEN:
            self._documents.popitem(last=False)
        return document

    def at(self, key: str) -> OpenDocument:
        """The open file of that key; `Unreadable` 'not_open' otherwise."""
        if key not in self._documents:
            raise Unreadable("not_open")
        self._documents.move_to_end(key)
        return self._documents[key]

    def forget(self, key: str) -> None:
        """Close a file."""
        self._documents.pop(key, None)

    def lighten(self) -> None:
        """Give back the memory of everything that can be computed again."""
        for document in self._documents.values():
            document.lighten()


def _answer(shelf: _Shelf, header: dict[str, Any], body: bytes) -> Answer:
    """The answer to one command; a file that cannot be read is an answer too."""
    try:
        try:
            return _obey(shelf, header, body)
        except MemoryError:
            shelf.lighten()
            return _obey(shelf, header, body)
    except Unreadable as refusal:
        return {"refused": refusal.code}, b""
    except MemoryError:
        shelf.lighten()
        return {"refused": "too_heavy"}, b""
    except Exception:  # noqa: BLE001 - whatever a library raises for a hostile file, the file is what is wrong
        return {"refused": "unreadable"}, b""


def _obey(shelf: _Shelf, header: dict[str, Any], body: bytes) -> Answer:
    key = str(header["key"])
    match header["do"]:
        case "open":
            return _told(shelf.open(key, FileKind(header["kind"]), body)), b""
        case "render":
            picture = shelf.at(key).render(int(header["page"]), float(header["scale"]), int(header["rotation"]))
            return _drawn(picture)
        case "text":
            return _written(shelf.at(key).lines(int(header["page"]))), b""
        case "search":
            return _written(shelf.at(key).find(str(header["words"]))), b""
        case "forget":
            shelf.forget(key)
            return {}, b""
        case _:
            raise Unreadable("unreadable")


def _told(document: OpenDocument) -> dict[str, Any]:
    if len(document.sizes) > MAX_PAGES:
        raise Unreadable("too_many_pages")
    return {"sizes": document.sizes, "hazards": document.hazards, "has_text": document.has_text}


def _drawn(picture: Picture) -> Answer:
    return {"width": picture.width, "height": picture.height}, picture.pixels


def _written(lines: list[Line]) -> dict[str, Any]:
    """The lines that fit in one header: a page of ordinary text is a hundredth of it."""
    fitting: list[tuple[int, str, tuple[float, ...]]] = []
    room = wire.MAX_HEADER - 1024
    for line in lines:
        room -= 6 * len(line.text) + 80  # JSON in ASCII spells a letter in six characters at most, twice for rare ones.
        if room < 0:
            break
        fitting.append((line.page, line.text, line.box))
    return {"lines": fitting}


if __name__ == "__main__":
    sys.exit(main())
