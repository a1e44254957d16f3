"""Builds the files of these tests: honest pieces of every kind, and the hostile ones. People are invented."""

from __future__ import annotations

import io
import random
import zlib
from typing import Any

import pillow_heif
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from dombes_office.settings import resource

pillow_heif.register_heif_opener()

IBAN = "FR76 3000 6000 0112 3456 7890 189"
DEBTOR = "LEFÈVRE-DUPONT Gaëtane"
RED, BLUE = (220, 20, 20), (20, 20, 220)
_STORED = {  # How a camera stores an upright picture under each EXIF orientation.
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def mandate(pages: int = 1, *, lines: int = 0) -> bytes:
    """A SEPA mandate; `lines` of small print on each page."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=A4, invariant=True)
    for _ in range(pages):
        paper.setFont("Helvetica", 10)
        paper.drawString(60, 780, "MANDAT DE PRÉLÈVEMENT SEPA")
        paper.drawString(60, 740, f"Nom du débiteur : {DEBTOR}")
        paper.drawString(60, 700, f"IBAN {IBAN}")
        paper.drawString(60, 620, "Fait à Baneins, le 12/09/2026")
        for line in range(lines):
            paper.drawString(60, 600 - 11 * line, f"Ligne {line} des conditions générales du prélèvement")
        paper.showPage()
    paper.save()
    return target.getvalue()


def mandate_in_cells() -> bytes:
    """A mandate whose IBAN stands in seven frames, drawn after all the labels."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=A4, invariant=True)
    paper.drawString(60, 700, "IBAN")
    paper.drawString(60, 660, "Signature")
    for number, group in enumerate(IBAN.split()):
        paper.rect(118 + 46 * number, 696, 42, 16)
        paper.drawString(120 + 46 * number, 700, group)
    paper.save()
    return target.getvalue()


def embedded(words: str) -> bytes:
    """A page with `words` in a TrueType font of its own."""
    pdfmetrics.registerFont(TTFont("OpenSans", resource("fonts/OpenSans-Regular.ttf")))
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=A4, invariant=True)
    paper.setFont("OpenSans", 12)
    paper.drawString(60, 700, words)
    paper.save()
    return target.getvalue()


def crowded(lines: int) -> bytes:
    """A page with so many short lines that finding each one's place takes minutes."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=(500, 14000), invariant=True)
    paper.setFont("Helvetica", 2)
    for line in range(lines):
        paper.drawString(20, 13900 - 2.7 * line, f"Ligne {line}")
    paper.save()
    return target.getvalue()


def corner_pdf() -> bytes:
    """A page of 300 x 200 points with a red square in its top left corner."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=(300, 200), invariant=True)
    paper.setFillColorRGB(*(part / 255 for part in RED))
    paper.rect(0, 150, 50, 50, stroke=0, fill=1)
    paper.save()
    return target.getvalue()


def rewritten(content: bytes, change: Any) -> bytes:  # noqa: ANN401 - a function of pypdf's untyped writer
    """The PDF after `change(writer)`."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def form(value: str, *, keep_appearance: bool = True) -> bytes:
    """A PDF form with one text field holding `value`, with or without the appearance that shows it."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, pagesize=A4, invariant=True)
    paper.drawString(50, 750, "IBAN")
    paper.acroForm.textfield(name="iban", x=100, y=740, width=300, height=20, value=value)
    paper.save()
    if keep_appearance:
        return target.getvalue()

    def bare(writer: PdfWriter) -> None:
        for annotation in writer.pages[0]["/Annots"]:  # type: ignore[attr-defined]
            del annotation.get_object()["/AP"]

    return rewritten(target.getvalue(), bare)


def upright(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """White, with a red top left corner and a blue top right one."""
    picture = Image.new("RGB", size, "white")
    third = size[1] // 3
    picture.paste(RED, (0, 0, third, third))
    picture.paste(BLUE, (size[0] - third, 0, size[0], third))
    return picture


def picture(name: str, orientation: int = 1, size: tuple[int, int] = (96, 64)) -> bytes:
    """`upright` as Pillow's format `name`, stored as a camera held that way stores it."""
    stored = upright(size).transpose(_STORED[orientation]) if orientation in _STORED else upright(size)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(stored, name, exif=exif, **({"quality": 95} if name in {"JPEG", "HEIF"} else {}))


def saved(image: Image.Image, name: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's options
    """The image as a file of Pillow's format `name`."""
    target = io.BytesIO()
    image.save(target, name, **options)
    return target.getvalue()


def tiff(pages: int) -> bytes:
    """A scan of several pages, each 40 pixels wider than the one before, grey levels falling."""
    leaves = [Image.new("L", (100 + 40 * number, 80), 250 - 30 * (number % 8)) for number in range(pages)]
    return saved(leaves[0], "TIFF", save_all=True, append_images=leaves[1:], compression="tiff_deflate")


def raw_pdf(*objects: bytes, size: tuple[int, int] = (200, 200)) -> bytes:
    """A PDF from its bodies of objects 4, 5...; object 4 is the content of its one page, whose forms are /F5, /F6..."""
    names = b" ".join(b"/F%d %d 0 R" % (number, number) for number in range(5, 4 + len(objects)))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /XObject << %s >> >> >>"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page % (*size, names),
        *objects,
    ]
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(bodies) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return content + tail % (count, table, count, len(content))


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), extra, content)


def endless_pdf() -> bytes:
    """A page that paints a computed shading a hundred thousand times: hours of work in half a megabyte."""
    program = b"{ " + b"2 copy mul sin exch cos add exch dup mul sin " * 20 + b"abs exch abs dup }"
    function = stream(program, b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]")
    shading = b"/Shading << /S << /ShadingType 1 /ColorSpace /DeviceRGB /Matrix [200 0 0 200 0 0] /Function 6 0 R >> >>"
    painted = stream(
        b"/S sh " * 100_000, b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << " + shading + b" >>"
    )
    return raw_pdf(stream(b"/F5 Do"), painted, function)


def branching_pdf(levels: int = 12, branches: int = 10) -> bytes:
    """A page whose form draws ten forms, which draw ten forms each...: all memory, in four kilobytes."""
    objects = [stream(b"/F5 Do")]
    for level in range(levels):
        below = 5 + level + 1
        box = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /F%d %d 0 R >> >>"
        objects.append(stream(b"/F%d Do " % below * branches, box % (below, below)))
    objects.append(stream(b"0 0 200 200 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 200]"))
    return raw_pdf(*objects)


def _swelling(mebibytes: int) -> bytes:
    """A deflated stream of so many mebibytes of spaces: one block that stands alone, repeated, and no checksum."""
    deflater = zlib.compressobj(9)
    head = deflater.compress(b" ") + deflater.flush(zlib.Z_FULL_FLUSH)
    block = deflater.compress(b" " * (1 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    return head + block * mebibytes


def swelling_pdf() -> bytes:
    """A page whose content inflates to three gibibytes, deflated twice so that the file stays small."""
    return raw_pdf(stream(zlib.compress(_swelling(3072), 9), b"/Filter [/FlateDecode /FlateDecode]"))


def swelling_objects_pdf() -> bytes:
    """An object stream of two gibibytes of spaces, which a reader that looks for objects must not inflate whole."""
    objects = stream(_swelling(2048), b"/Type /ObjStm /N 1 /First 8 /Filter /FlateDecode")
    return raw_pdf(stream(b"0 0 50 50 re f"), objects)


def bomb_png(side: int = 50_000) -> bytes:
    """A PNG of side x side white pixels, 2.5 thousand million of them, in a few megabytes at most."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    deflater = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    rows = b"".join([*(deflater.compress(row) for _ in range(side)), deflater.flush()])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def mutations(seed: int, count: int) -> list[bytes]:
    """Valid files of every kind with bytes changed, cut out, doubled or cut off."""
    dice = random.Random(seed)  # noqa: S311 - tests, reproducible on purpose
    sources = [
        mandate(2, lines=10),
        form("FR76"),
        tiff(3),
        *(picture(name) for name in ("JPEG", "PNG", "WEBP", "HEIF")),
    ]
    found = []
    for number in range(count):
        content = bytearray(sources[number % len(sources)])
        for _ in range(dice.choice((1, 3, 10, 60))):
            at = dice.randrange(8, len(content))
            match dice.randrange(4):
                case 0 | 1:
                    content[at] = dice.randrange(256)
                case 2:
                    del content[at : at + dice.randrange(1, 20)]
                case _:
                    content[at:at] = content[at : at + dice.randrange(1, 40)]
            content = content if len(content) > 100 else bytearray(sources[number % len(sources)])
        if dice.random() < 0.1:
            content = content[: dice.randrange(50, len(content))]
        found.append(bytes(content))
    return found
