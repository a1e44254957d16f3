"""The reading process may be killed, cancelled, replaced or taken over: the window gets one clean answer each time."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dombes_office.documents import RENDERER_CHILD
from dombes_office.documents.reading_process import ProcessGone, ReadingProcess, Stop
from dombes_office.documents.renderer import Renderer
from dombes_office.documents.renderer_child import child_command
from dombes_office.errors import FileRefused, OfficeError, RendererFailed, WorkCancelled
from tests.documents import pieces

if TYPE_CHECKING:
    from collections.abc import Callable

on_linux = sys.platform == "linux"


def process_of(renderer: Renderer) -> ReadingProcess:
    assert renderer._process is not None
    return renderer._process


class Call(threading.Thread):
    """A call in a thread of its own, and what it raised."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self.raised: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except OfficeError as error:
            self.raised = error


def busy(renderer: Renderer) -> Call:
    """A thread that reads an endless file, well under way."""
    summary = renderer.open(pieces.endless_pdf())
    call = Call(lambda: renderer.render(summary.sha256, 0, 1.0))
    time.sleep(0.3)
    assert call.is_alive()
    return call


def test_cancelling_from_another_thread_answers_at_once(renderer: Renderer) -> None:
    before = renderer.open(pieces.mandate())
    call = busy(renderer)
    renderer.cancel()
    call.join(5)
    assert isinstance(call.raised, WorkCancelled)
    assert renderer.render(before.sha256, 0, 0.5).width == 298


def test_cancelling_nothing_changes_nothing(renderer: Renderer) -> None:
    summary = renderer.open(pieces.mandate())
    pid = process_of(renderer)._process.pid
    renderer.cancel()
    assert renderer.render(summary.sha256, 0, 0.5).width == 298
    assert process_of(renderer)._process.pid == pid


def test_closing_ends_a_running_call_and_the_process(renderer: Renderer) -> None:
    call = busy(renderer)
    child = process_of(renderer)._process
    renderer.close()
    call.join(5)
    assert isinstance(call.raised, WorkCancelled)
    assert child.returncode is not None


def test_a_process_killed_from_outside_is_replaced(renderer: Renderer) -> None:
    before = renderer.open(pieces.mandate())
    call = busy(renderer)
    process_of(renderer)._process.kill()
    call.join(5)
    assert isinstance(call.raised, RendererFailed)
    assert renderer.render(before.sha256, 0, 0.5).width == 298


def test_a_process_killed_between_two_calls_is_replaced_without_a_word(renderer: Renderer) -> None:
    before = renderer.open(pieces.mandate())
    process_of(renderer)._process.kill()
    process_of(renderer)._process.wait()
    assert renderer.render(before.sha256, 0, 0.5).width == 298


def test_a_process_that_crashes_while_reading_refuses_the_file(renderer: Renderer) -> None:
    call = busy(renderer)
    process_of(renderer)._process.send_signal(signal.SIGSEGV if on_linux else signal.SIGTERM)
    call.join(5)
    assert isinstance(call.raised, OfficeError)
    if on_linux:
        assert isinstance(call.raised, FileRefused)
        assert call.raised.code == "crashed"


def test_the_process_ends_when_its_pipe_closes() -> None:
    process = ReadingProcess(child_command())
    process.begin(memory=1 << 30, limit=5, start_limit=60)
    process._input.close()
    assert process._process.wait(20) == 0
    process.end()


def test_a_busy_process_that_nobody_kills_ends_itself() -> None:
    process = ReadingProcess(child_command())
    process.begin(memory=1 << 30, limit=0.1, start_limit=60)
    process.exchange({"do": "open", "key": "k", "kind": "pdf"}, pieces.endless_pdf(), limit=60)
    with pytest.raises(ProcessGone):
        process.exchange({"do": "render", "key": "k", "page": 0, "scale": 1.0, "rotation": 0}, limit=60)
    if on_linux:
        assert process.why_it_stopped() is Stop.TOO_LONG
    process.end()


def test_opening_the_same_file_again_sends_nothing(renderer: Renderer) -> None:
    content = pieces.mandate()
    first = renderer.open(content)
    sent = process_of(renderer)._number
    assert renderer.open(content) is first
    assert process_of(renderer)._number == sent


def test_the_least_recently_used_file_is_let_go(renderer: Renderer) -> None:
    first, *others = [renderer.open(pieces.picture("PNG", size=(90 + number, 60))) for number in range(7)]
    with pytest.raises(FileRefused) as refused:
        renderer.render(first.sha256, 0, 1.0)
    assert refused.value.code == "not_open"
    assert all(renderer.render(other.sha256, 0, 1.0).height == 60 for other in others)
    assert process_of(renderer).open_files == {other.sha256 for other in others}


def test_a_forgotten_file_is_not_open_any_more(renderer: Renderer) -> None:
    summary = renderer.open(pieces.mandate())
    renderer.forget(summary.sha256)
    renderer.forget(summary.sha256)
    with pytest.raises(FileRefused) as refused:
        renderer.text(summary.sha256)
    assert refused.value.code == "not_open"
    assert process_of(renderer).open_files == set()


@pytest.mark.parametrize(("scale", "rotation"), [(0.0, 0), (-1.0, 0), (float("nan"), 0), (float("inf"), 0), (1.0, 45)])
def test_a_scale_or_rotation_without_meaning_is_a_bug(renderer: Renderer, scale: float, rotation: int) -> None:
    with pytest.raises(ValueError, match="scale or rotation"):
        renderer.render("0" * 64, 0, scale, rotation)


def test_two_threads_share_one_lane(renderer: Renderer) -> None:
    contents = [pieces.mandate(2), pieces.picture("JPEG", 6)]

    def read_often(content: bytes) -> None:
        for _ in range(20):
            renderer.render(renderer.open(content).sha256, 0, 0.3)

    calls = [Call(lambda content=content: read_often(content)) for content in contents]  # type: ignore[misc]
    for call in calls:
        call.join(60)
    assert [call.raised for call in calls] == [None, None]
    assert not any(call.is_alive() for call in calls)


BEGIN = """
import os, struct, sys, time
from dombes_office.documents.wire import read_frame, write_frame
source, sink = sys.stdin.buffer, sys.stdout.buffer
read_frame(source, 0)
def ready():
    write_frame(sink, {"ready": True})
def told(header, body=b""):
    asked, _ = read_frame(source, 1 << 24)
    write_frame(sink, {"id": asked["id"], **header}, body)
fine = {"sizes": [[100, 100]], "hazards": [], "has_text": True}
"""
NONSENSE = {
    "a length without end": "ready(); sink.write(b'\\xff' * 8); sink.flush(); time.sleep(60)",
    "a body nobody asked for": "ready(); told(fine, b'x')",
    "not a greeting": "write_frame(sink, {'ready': 1, 'more': 2})",
    "not JSON": "ready(); sink.write(struct.pack('<II', 3, 0) + b'{{{'); sink.flush()",
    "deep JSON": "ready(); sink.write(struct.pack('<II', 200000, 0) + b'[' * 200000); sink.flush()",
    "a list": "ready(); sink.write(struct.pack('<II', 2, 0) + b'[]'); sink.flush()",
    "another answer": "ready(); write_frame(sink, {'id': 77, **fine})",
    "no pages": "ready(); told({**fine, 'sizes': []})",
    "too many pages": "ready(); told({**fine, 'sizes': [[1, 1]] * 61})",
    "a page that is no page": "ready(); told({**fine, 'sizes': [[1, 'x']]})",
    "an endless page": "ready(); told({**fine, 'sizes': [[1, float('inf')]]})",
    "a hazard of its own": "ready(); told({**fine, 'hazards': ['<b>Validez ce dossier</b>']})",
    "a refusal of its own": "ready(); told({'refused': 'Validez ce dossier'})",
    "a refusal that is no word": "ready(); told({'refused': ['empty']})",
    "text that is no truth": "ready(); told({**fine, 'has_text': 'yes'})",
    "fewer pixels than said": "ready(); told(fine); told({'width': 10, 'height': 10}, bytes(399))",
    "more pixels than allowed": "ready(); told(fine); told({'width': 100000, 'height': 100000}, b'')",
    "a negative picture": "ready(); told(fine); told({'width': -1, 'height': -1}, bytes(4))",
    "a picture of truth": "ready(); told(fine); told({'width': True, 'height': True}, bytes(4))",
    "a text elsewhere": "ready(); told(fine); told({'lines': [[5, 'a', [0, 0, 1, 1]]]})",
    "a box outside": "ready(); told(fine); told({'lines': [[0, 'a', [0, 0, 1, 7]]]})",
    "a box without end": "ready(); told(fine); told({'lines': [[0, 'a', [0, 0, 1]]]})",
    "a text that is no text": "ready(); told(fine); told({'lines': [[0, 7, [0, 0, 1, 1]]]})",
    "an endless line": "ready(); told(fine); told({'lines': [[0, 'a' * 2001, [0, 0, 1, 1]]]})",
    "silence at the end": "ready(); told(fine)",
    "an early end": "pass",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_process_taken_over_is_not_believed(name: str) -> None:
    command = [sys.executable, "-c", BEGIN + NONSENSE[name]]
    with Renderer(command=command, limit=20, start_limit=60) as renderer:

        def ask() -> object:
            summary = renderer.open(pieces.mandate())
            in_text = "line" in NONSENSE[name]
            return renderer.text(summary.sha256) if in_text else renderer.render(summary.sha256, 0, 1.0)

        with pytest.raises(RendererFailed):
            ask()


def test_a_process_that_never_answers_is_killed() -> None:
    command = [sys.executable, "-c", BEGIN + "ready(); time.sleep(60)"]
    with Renderer(command=command, limit=1, start_limit=60) as renderer:
        with pytest.raises(FileRefused) as refused:
            renderer.open(pieces.picture("PNG"))
        assert refused.value.code == "too_slow"


def test_a_process_that_never_reads_is_killed() -> None:
    command = [sys.executable, "-c", BEGIN + "ready(); time.sleep(60)"]
    big = pieces.mandate() + bytes(3_000_000)
    with Renderer(command=command, limit=1, start_limit=60) as renderer:
        with pytest.raises(FileRefused) as refused:
            renderer.open(big)
        assert refused.value.code == "too_slow"


def test_a_process_that_cannot_start_is_told() -> None:
    with Renderer(command=["/nowhere/python"]) as renderer, pytest.raises(RendererFailed):
        renderer.warm()


def test_the_command_of_a_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command() == [sys.executable, RENDERER_CHILD]


def test_why_a_process_stopped_is_said_once() -> None:
    process = ReadingProcess([sys.executable, "-c", "pass"])
    process.kill(Stop.CANCELLED)
    process.kill(Stop.TOO_LONG)
    assert process.why_it_stopped() is Stop.CANCELLED
    process.end()


if on_linux:

    def test_nothing_of_a_file_or_of_the_session_is_in_arguments_or_environment(
        renderer: Renderer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGPASSWORD", "motdepasse")
        renderer.open(pieces.mandate())
        place = Path("/proc") / str(process_of(renderer)._process.pid)
        names = {line.partition(b"=")[0] for line in (place / "environ").read_bytes().split(b"\0")}
        assert b"PGPASSWORD" not in names
        assert b"HOME" not in names
        assert [word.decode() for word in (place / "cmdline").read_bytes().split(b"\0")[:-1]] == child_command()

    def test_no_file_is_open_for_writing(renderer: Renderer) -> None:
        renderer.open(pieces.mandate())
        renderer.open(pieces.picture("HEIF"))
        folder = Path("/proc") / str(process_of(renderer)._process.pid) / "fd"
        targets = [str(link.readlink()) for link in folder.iterdir()]
        assert {target.partition(":")[0] for target in targets} <= {"/dev/null", "pipe", "anon_inode", "/dev/urandom"}
