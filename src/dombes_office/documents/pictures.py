"""Photographs and scans: opened, decoded and turned upright with Pillow; runs in the reading process only."""

from __future__ import annotations

import io
import math
import warnings
from typing import TYPE_CHECKING

import pi_heif
from PIL import Image, ImageFile, JpegImagePlugin

from dombes_office.documents.intake import MAX_PAGES, FileKind
from dombes_office.documents.reading import Picture, Unreadable, pixel_size

if TYPE_CHECKING:
    from dombes_office.documents.reading import Line

MAX_DECODED_PIXELS = 100_000_000  # 400 MB once decoded, of the 1 GiB that the process may use
_KEPT_PIXELS = 13_000_000  # a photograph of 12 megapixels stays decoded, 52 MB
_PREVIEW_PIXELS = 3_000_000
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
_UPRIGHTING = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FIRST_SIDEWAYS = 5  # EXIF orientations 5 to 8 exchange width and height.
_ORIENTATION = 0x0112
_PILLOW_NAMES = {
    FileKind.JPEG: ("JPEG", "MPO"),
    FileKind.PNG: ("PNG",),
    FileKind.TIFF: ("TIFF",),
    FileKind.WEBP: ("WEBP",),
    FileKind.HEIC: ("HEIF",),
}
# What Pillow and libheif raise for a broken file; MemoryError is answered one floor up.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)


def prepare() -> None:
    """Set Pillow up for hostile files, once per process."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # The bound is ours, below, and has one sentence.
    pi_heif.options.DECODE_THREADS = 2
    pi_heif.register_heif_opener(thumbnails=False)
    Image.preinit()


class PictureDocument:
    """A JPEG, PNG, TIFF, WebP or HEIC file; every page of a TIFF or HEIC, the first picture of the others."""

    def __init__(self, content: bytes, kind: FileKind) -> None:
        self._content = content
        self._kind = kind
        self._kept: tuple[int, float, Image.Image] | None = None
        self.has_text = False
        self.hazards: list[str] = []
        try:
            self.sizes = self._measure()
            self._decode(0, self._preview_scale(0))
        except _BROKEN as error:
            raise Unreadable("unreadable") from error

    def render(self, page: int, scale: float, rotation: int) -> Picture:
        """See `reading.OpenDocument`."""
        try:
            upright = self._decode(page, scale)
            wanted = pixel_size(*self.sizes[page], scale)
            sized = (
                upright if upright.size == wanted else upright.resize(wanted, Image.Resampling.BILINEAR, reducing_gap=2)
            )
            turned = sized.transpose(_TURNS[rotation]) if rotation else sized
            return Picture(turned.width, turned.height, turned.convert("RGBA").tobytes("raw", "BGRA"))
        except _BROKEN as error:
            raise Unreadable("blank_picture") from error

    def lines(self, page: int) -> list[Line]:  # noqa: ARG002 - the interface of a document
        """Nothing: pictures are not read as text."""
        return []

    def find(self, words: str) -> list[Line]:  # noqa: ARG002 - the interface of a document
        """Nothing: pictures are not read as text."""
        return []

    def lighten(self) -> None:
        """Forget the decoded picture."""
        self._kept = None

    def _open(self) -> Image.Image:
        return Image.open(io.BytesIO(self._content), formats=_PILLOW_NAMES[self._kind])

    def _measure(self) -> list[tuple[float, float]]:
        """The upright size of each page, from headers alone."""
        sizes: list[tuple[float, float]] = []
        with self._open() as image:
            while True:
                _check_area(image)
                sideways = self._orientation(image) >= _FIRST_SIDEWAYS
                sizes.append((image.height, image.width) if sideways else (image.width, image.height))
                if self._kind not in {FileKind.TIFF, FileKind.HEIC}:
                    return sizes
                if len(sizes) > MAX_PAGES:
                    raise Unreadable("too_many_pages")
                try:
                    image.seek(len(sizes))
                except EOFError:
                    return sizes

    def _orientation(self, image: Image.Image) -> int:
        """The EXIF orientation that is still to be applied, 1 to 8.

        Pillow turns a TIFF itself. libheif turns a HEIC by its own boxes, and EXIF says the same thing again; EXIF only
        counts where there is no such box.
        """
        if self._kind is FileKind.TIFF:
            return 1
        if self._kind is FileKind.HEIC:
            turned_by_box = b"irot" in self._content[:65536] or b"imir" in self._content[:65536]
            found = 1 if turned_by_box else image.info.get("original_orientation")
        else:
            found = image.getexif().get(_ORIENTATION)
        return found if isinstance(found, int) and found in _UPRIGHTING else 1

    def _preview_scale(self, page: int) -> float:
        width, height = self.sizes[page]
        return min(1.0, math.sqrt(_PREVIEW_PIXELS / (width * height)))

    def _decode(self, page: int, scale: float) -> Image.Image:
        """The upright page in RGB, at `scale` or more; kept for the next call where it is small enough."""
        if self._kept and self._kept[0] == page and self._kept[1] >= min(scale, 1.0):
            return self._kept[2]
        self._kept = None
        with self._open() as image:
            if page:
                image.seek(page)
            _check_area(image)
            orientation = self._orientation(image)
            full = image.size
            if isinstance(image, JpegImagePlugin.JpegImageFile):
                image.draft("RGB", (math.ceil(full[0] * min(scale, 1.0)), math.ceil(full[1] * min(scale, 1.0))))
            self._load(image)
            reached = min(image.width / full[0], 1.0)
            upright = _upright(_opaque(image), orientation)
        if upright.width * upright.height <= _KEPT_PIXELS:
            self._kept = (page, reached, upright)
        elif scale <= self._preview_scale(page):
            preview = upright.resize(pixel_size(*self.sizes[page], self._preview_scale(page)), Image.Resampling.BOX)
            self._kept = (page, self._preview_scale(page), preview)
        return upright

    def _load(self, image: Image.Image) -> None:
        """Decode; a file that ends too early shows what it has, with a warning."""
        try:
            image.load()
        except OSError:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                image.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            if "truncated" not in self.hazards:
                self.hazards.append("truncated")


def _check_area(image: Image.Image) -> None:
    if image.width * image.height > MAX_DECODED_PIXELS:
        raise Unreadable("too_heavy")
    if image.width < 1 or image.height < 1:
        raise Unreadable("unreadable")


def _opaque(image: Image.Image) -> Image.Image:
    """RGB on white paper, whatever the file keeps: palettes, transparency, CMYK, 16 bits."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda level: level / 256).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image.convert("RGB")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_UPRIGHTING[orientation]) if orientation in _UPRIGHTING else image
