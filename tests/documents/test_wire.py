"""Frames are bounded before they are read, and arrive as they were sent."""

from __future__ import annotations

import io
import struct

import pytest

from dombes_office.documents.wire import MAX_HEADER, BrokenFrame, PipeClosed, read_frame, write_frame


def test_a_frame_arrives_as_it_was_sent() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"words": "Fête à Ars", "page": 3}, b"\0\xff")
    pipe.seek(0)
    assert read_frame(pipe, 2) == ({"words": "Fête à Ars", "page": 3}, b"\0\xff")
    with pytest.raises(PipeClosed):
        read_frame(pipe, 2)


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<II", MAX_HEADER + 1, 0),
        struct.pack("<II", 2, 11) + b"{}" + bytes(11),
        struct.pack("<II", 1, 0) + b"{",
        struct.pack("<II", 2, 0) + b"\xff\xfe",
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 100_000, 0) + b"[" * 100_000,
    ],
)
def test_what_is_no_frame_is_not_read(content: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(content), 10)


@pytest.mark.parametrize("length", [0, 3, 8, 9])
def test_a_frame_cut_short_is_the_end(length: int) -> None:
    whole = struct.pack("<II", 2, 1) + b"{}x"
    with pytest.raises(PipeClosed):
        read_frame(io.BytesIO(whole[:length]), 10)


def test_a_header_too_long_is_not_sent() -> None:
    with pytest.raises(BrokenFrame):
        write_frame(io.BytesIO(), {"text": "a" * MAX_HEADER})
