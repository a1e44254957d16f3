"""Lays what was typed into a PDF form on its pages, so that it is drawn and read like the rest; reading process only.

PDFium draws no form field unless a whole form engine (with scripts) is started, and gives no text for one. Families
fill mandates and health forms on a telephone or in an office reader, so the values matter more than the paper under
them. The appearance that the writer stored is used where there is one; otherwise the value is written in Helvetica.
"""

from __future__ import annotations

import io
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from dombes_office.documents.deadline import Deadline, within

_SECONDS = 2.5
_LAID = {"/Widget", "/FreeText"}
_HIDDEN = 0x02 | 0x20  # annotation flags Hidden and NoView
_MAX_FIELDS = 3000
_MAX_VALUE = 2000
_MAX_ANCESTORS = 8
_FONT = "/DombesHelvetica"


def with_form_values(content: bytes) -> bytes | None:
    """The same PDF with its fields and typed notes drawn on the pages; None where that cannot be done in time."""
    try:
        with within(_SECONDS):
            return _rewritten(content)
    except (Deadline, Exception):  # noqa: BLE001 - a file that pypdf does not understand is shown as it is
        return None


def _rewritten(content: bytes) -> bytes | None:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    writer = PdfWriter(clone_from=reader)
    form = _resolved(writer.root_object.get("/AcroForm")) or {}
    stale = bool(form.get("/NeedAppearances", False))
    if not sum(_lay_page(writer, page, stale=stale) for page in writer.pages):
        return None
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _lay_page(writer: PdfWriter, page: PageObject, *, stale: bool) -> int:
    """Draw the fields of one page and take them off its list of annotations; how many were drawn."""
    canvas = _Canvas(writer)
    left = ArrayObject()
    for reference in list(_resolved(page.get("/Annots")) or [])[:_MAX_FIELDS]:
        annotation = _resolved(reference)
        if annotation.get("/Subtype") not in _LAID or not canvas.draw(annotation, stale=stale):
            left.append(reference)
    if canvas.drawn:
        canvas.put_on(page)
        page[NameObject("/Annots")] = left
    return canvas.drawn


class _Canvas:
    """Drawing commands to append to one page, and the resources that they name."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._commands: list[str] = []
        self._pictures = DictionaryObject()
        self.drawn = 0

    def draw(self, annotation: Any, *, stale: bool) -> bool:  # noqa: ANN401 - pypdf's objects are untyped
        """Whether there was something to draw and a place for it."""
        if int(annotation.get("/F", 0)) & _HIDDEN:
            return False
        sides = [float(side) for side in annotation["/Rect"]]
        box = [*map(min, sides[:2], sides[2:]), *map(max, sides[:2], sides[2:])]
        appearance, value = _appearance(annotation), _value(annotation)
        if value and (stale or appearance is None):
            self._write(value, box)
        elif appearance is not None:
            self._place(appearance, box)
        else:
            return False
        self.drawn += 1
        return True

    def put_on(self, page: PageObject) -> None:
        """Append the commands after the page's own, which are wrapped so that no transformation is left behind."""
        resources = DictionaryObject(_resolved(page.get("/Resources")) or {})
        pictures = DictionaryObject(_resolved(resources.get("/XObject")) or {})
        pictures.update(self._pictures)
        fonts = DictionaryObject(_resolved(resources.get("/Font")) or {})
        fonts[NameObject(_FONT)] = _helvetica()
        resources[NameObject("/XObject")] = pictures
        resources[NameObject("/Font")] = fonts
        page[NameObject("/Resources")] = resources
        own = page.raw_get("/Contents") if "/Contents" in page else None
        streams = _resolved(own)
        kept = list(streams) if isinstance(streams, ArrayObject) else [own] if own is not None else []
        after = "\nQ\n" + "\n".join(self._commands) + "\n"
        page[NameObject("/Contents")] = ArrayObject([self._stream("q\n"), *kept, self._stream(after)])

    def _write(self, value: str, box: list[float]) -> None:
        """The value on as many lines as it has, in a size that its box allows."""
        lines = value.splitlines() or [value]
        size = max(4.0, min(11.0, (box[3] - box[1]) / len(lines) * 0.7))
        top = (box[1] + box[3]) / 2 + size * 1.15 * (len(lines) - 1) / 2 - size * 0.35
        for number, line in enumerate(lines):
            letters = line.encode("cp1252", "replace").hex()
            y = top - number * size * 1.15
            self._commands.append(f"q BT 0 g {_FONT} {size:.2f} Tf {box[0] + 2:.2f} {y:.2f} Td <{letters}> Tj ET Q")

    def _place(self, appearance: Any, box: list[float]) -> None:  # noqa: ANN401 - pypdf's objects are untyped
        """The stored appearance, scaled into its rectangle (ISO 32000-1, 12.5.5, algorithm 8.1)."""
        around = [float(side) for side in appearance.get("/BBox", [0, 0, 1, 1])]
        a, b, c, d, e, f = (float(part) for part in appearance.get("/Matrix", [1, 0, 0, 1, 0, 0]))
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in around[::2] for y in around[1::2]]
        left, low = min(x for x, _ in corners), min(y for _, y in corners)
        wide, high = max(x for x, _ in corners) - left, max(y for _, y in corners) - low
        across = (box[2] - box[0]) / wide if wide else 1.0
        up = (box[3] - box[1]) / high if high else 1.0
        name = f"/DombesField{len(self._pictures)}"
        self._pictures[NameObject(name)] = appearance.indirect_reference or self._add(appearance)
        matrix = f"{across:.5f} 0 0 {up:.5f} {box[0] - left * across:.5f} {box[1] - low * up:.5f}"
        self._commands.append(f"q {matrix} cm {name} Do Q")

    def _stream(self, commands: str) -> Any:  # noqa: ANN401 - pypdf's objects are untyped
        stream = DecodedStreamObject()
        stream.set_data(commands.encode("ascii"))
        return self._add(stream)

    def _add(self, thing: Any) -> Any:  # noqa: ANN401 - pypdf's objects are untyped
        return self._writer._add_object(thing)  # noqa: SLF001 - pypdf has no public name for it


def _helvetica() -> DictionaryObject:
    words = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    return DictionaryObject({NameObject(key): NameObject(word) for key, word in words.items()})


def _appearance(annotation: Any) -> Any:  # noqa: ANN401 - pypdf's objects are untyped
    """The stream to draw: the normal appearance, in the state that the field is in (ISO 32000-1, 12.5.5)."""
    normal = _resolved((_resolved(annotation.get("/AP")) or {}).get("/N"))
    if normal is None or hasattr(normal, "get_data"):
        return normal
    return _resolved(normal.get(annotation.get("/AS")))


def _value(annotation: Any) -> str:  # noqa: ANN401 - pypdf's objects are untyped
    """The text typed into a text or choice field, its own or an ancestor's; the words of a typed note."""
    if annotation.get("/Subtype") == "/FreeText":
        return str(annotation.get("/Contents", ""))[:_MAX_VALUE]
    field = annotation
    for _ in range(_MAX_ANCESTORS):
        if field is None or field.get("/FT") in {"/Btn", "/Sig"}:
            return ""
        found = _resolved(field.get("/V"))
        if isinstance(found, str) and not isinstance(found, NameObject):
            return found[:_MAX_VALUE]
        field = _resolved(field.get("/Parent"))
    return ""


def _resolved(thing: Any) -> Any:  # noqa: ANN401 - pypdf's objects are untyped
    return thing.get_object() if thing is not None else None
