"""What an uploaded file really is, told from its first bytes and never from its name; nothing is parsed here."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from dombes_office.documents.refusals import refuse

MAX_BYTES = 15 * 1024 * 1024
MAX_PAGES = 60

_HEAD = 1024  # A PDF reader looks for its header this far, so a file of two natures is decided within it.
_PROGRAMS = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # macOS, the four byte orders, then universal (also a Java class)
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"L\0\0\0\x01\x14\x02\0",  # Windows shortcut
    b"\0asm",
)
_ARCHIVES = (
    b"PK",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"ISc(",
)
_OFFICE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_OFFICE_PARTS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"application/vnd.oasis.opendocument")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<!--", b"<iframe", b"<?php")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"})
_END_OF_ZIP = b"PK\x05\x06"


class FileKind(StrEnum):
    """The kinds of file that are shown."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    WEBP = "webp"
    HEIC = "heic"


def sniff(content: bytes) -> FileKind:
    """The kind of `content` by its signature.

    Raises `FileRefused` with code 'empty', 'too_large', 'executable', 'archive', 'office_document', 'web_page',
    'polyglot' (two formats at once) or 'unknown'. A kind that is returned says nothing yet about the rest of the file.
    """
    if not content:
        raise refuse("empty")
    if len(content) > MAX_BYTES:
        raise refuse("too_large")
    head = content[:_HEAD]
    if code := _refused_nature(head):
        raise refuse(code)
    kind = _picture(head)
    has_pdf_header = b"%PDF-" in head
    if (kind and has_pdf_header) or _ends_as_zip(content):
        raise refuse("polyglot")
    if kind:
        return kind
    if has_pdf_header:
        return FileKind.PDF
    raise refuse("unknown")


def fingerprint(content: bytes) -> str:
    """SHA-256 of the content, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _refused_nature(head: bytes) -> str:
    """The code of a nature that is never shown, '' where there is none of them."""
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").lower()
    if head.startswith(_PROGRAMS):
        return "executable"
    if head.startswith(_OFFICE):
        return "office_document"
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        return "office_document" if any(part in head for part in _OFFICE_PARTS) else "archive"
    # UTF-16 markup has a zero between its letters.
    return "web_page" if text.replace(b"\0", b"").startswith(_MARKUP) else ""


def _picture(head: bytes) -> FileKind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return FileKind.TIFF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.WEBP
    return FileKind.HEIC if _is_heif(head) else None


def _is_heif(head: bytes) -> bool:
    """ISO base media file whose brands, major or compatible, name HEVC pictures (ISO/IEC 23008-12, annex B)."""
    if head[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    return not brands.isdisjoint(_HEIF_BRANDS)


def _ends_as_zip(content: bytes) -> bool:
    """Whether an unzipper would also accept this file: its end record must be whole and point at a directory."""
    at = content.rfind(_END_OF_ZIP, max(0, len(content) - 65557))
    record = content[at : at + 22] if at >= 0 else b""
    if len(record) < 22:  # noqa: PLR2004 - the fixed length of that record
        return False
    directory = at - int.from_bytes(record[12:16], "little")
    comment = int.from_bytes(record[20:22], "little")
    return at + 22 + comment <= len(content) and content[max(directory, 0) : max(directory, 0) + 2] == b"PK"
