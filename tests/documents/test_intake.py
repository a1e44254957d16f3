"""The type of a file is told by its content, and what is not a document is refused with a way out."""

from __future__ import annotations

import io
import zipfile

import pytest

from dombes_office.documents.intake import MAX_BYTES, FileKind, fingerprint, sniff
from dombes_office.documents.refusals import HAZARDS, REFUSALS, refuse, warning
from dombes_office.errors import FileRefused
from tests.documents import pieces


def zipped(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, "bonjour")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pieces.mandate(), FileKind.PDF),
        (b"\r\n" + pieces.mandate(), FileKind.PDF),
        (pieces.picture("JPEG"), FileKind.JPEG),
        (pieces.picture("PNG"), FileKind.PNG),
        (pieces.picture("WEBP"), FileKind.WEBP),
        (pieces.picture("HEIF"), FileKind.HEIC),
        (pieces.tiff(2), FileKind.TIFF),
    ],
)
def test_each_kind_is_told_by_its_content(content: bytes, kind: FileKind) -> None:
    assert sniff(content) is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7" + bytes(MAX_BYTES - 7), "too_large"),
        (b"MZ\x90\0" + bytes(60) + b"This program cannot be run in DOS mode", "executable"),
        (b"MZ" + pieces.mandate(), "executable"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "executable"),
        (b"\xcf\xfa\xed\xfe" + bytes(60), "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "executable"),
        (zipped("photo.jpg"), "archive"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (zipped("word/document.xml"), "office_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "office_document"),
        (b"{\\rtf1 bonjour}", "office_document"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "web_page"),
        (b"\xef\xbb\xbf\r\n <HTML>", "web_page"),
        ("\ufeff<html>".encode("utf-16-le"), "web_page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "web_page"),
        (b"<html>" + pieces.mandate(), "web_page"),
        (pieces.mandate() + zipped("run.js"), "polyglot"),
        (pieces.picture("JPEG") + zipped("run.js"), "polyglot"),
        (b"\xff\xd8\xff\xfe\x00\x20%PDF-1.7" + bytes(60), "polyglot"),
        (b"bonjour", "unknown"),
        (b"GIF89a" + bytes(60), "unknown"),
        (b"\0\0\0\x18ftypavif" + bytes(60), "unknown"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sniff(content)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")
    assert refused.value.way_out.endswith(".")


def test_the_largest_file_allowed_is_sniffed() -> None:
    assert sniff(b"%PDF-1.7".ljust(MAX_BYTES)) is FileKind.PDF


def test_the_fingerprint_is_sha256() -> None:
    assert fingerprint(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("code", REFUSALS)
def test_refusals_are_typeset_in_french(code: str) -> None:
    told = str(refuse(code))
    assert "'" not in told
    assert not any(f" {mark}" in told for mark in ":;?!")


@pytest.mark.parametrize("code", HAZARDS)
def test_warnings_are_typeset_in_french(code: str) -> None:
    assert warning(code).endswith(".")
    assert not any(f" {mark}" in warning(code) for mark in ":;?!")
