"""Error ids: every error that is made has one; docs/reference/errors.md has exactly those, with their exit codes."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import git_pbm
from git_pbm.errors import RETRYABLE, ErrorId, InterruptedBySignal, PbmError

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "git_pbm").rglob("*.py"), *(ROOT / "hooks").rglob("*.py")])
ROW = re.compile(r"^\| `([a-z-]+)` \| ([0-9, ]+) \| (yes|no) \| ", re.MULTILINE)


def subclasses(of: type[PbmError]) -> Iterator[type[PbmError]]:
    yield of
    for each in of.__subclasses__():
        yield from subclasses(each)


def error_classes() -> dict[str, type[PbmError]]:
    """Every class of errors by its name, whatever module it is in."""
    for module in pkgutil.walk_packages(git_pbm.__path__, "git_pbm."):
        importlib.import_module(module.name)
    return {each.__name__: each for each in subclasses(PbmError)}


def calls(path: Path, classes: dict[str, type[PbmError]]) -> Iterator[tuple[type[PbmError], ast.Call]]:
    """Each call that makes an error, and each call of a class of errors to the ``__init__`` above it."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes:
            yield classes[node.func.id], node
        elif isinstance(node, ast.ClassDef) and node.name in classes:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "super().__init__":
                    yield classes[node.name], inner


def id_of(made: type[PbmError], call: ast.Call) -> ErrorId | None:
    """The id that a call gives its error; None where the call leaves it to another ``__init__``."""
    for keyword in call.keywords:
        if keyword.arg == "error_id":
            return ErrorId[keyword.value.attr] if isinstance(keyword.value, ast.Attribute) else None
    return made.error_id if made is PbmError or made.error_id is not ErrorId.BUG else None


def ids_in_code() -> dict[ErrorId, set[int]]:
    """The exit codes that each id comes with."""
    found: dict[ErrorId, set[int]] = {}
    classes = error_classes()
    for path in SOURCES:
        for made, call in calls(path, classes):
            error_id = id_of(made, call)
            if error_id is not None and made is not InterruptedBySignal:
                found.setdefault(error_id, set()).add(int(made.exit_code))
    return found


def test_the_page_has_each_id_of_the_code_with_its_exit_codes_and_no_other() -> None:
    rows = ROW.findall((ROOT / "docs/reference/errors.md").read_text())
    page = {name: ({int(code) for code in codes.split(", ")}, retry == "yes") for name, codes, retry in rows}
    assert len(page) == len(rows)
    assert page == {each.value: (codes, each in RETRYABLE) for each, codes in ids_in_code().items()}


def test_every_id_is_used() -> None:
    assert set(ids_in_code()) == set(ErrorId)


def test_no_error_is_made_without_an_id() -> None:
    """A class has an id of its own, or its ``__init__`` takes one or says one; ``BUG`` is the boundary's alone."""
    classes = error_classes()
    for path in SOURCES:
        for made, call in calls(path, classes):
            takes = "error_id" in inspect.signature(made).parameters
            is_above = isinstance(call.func, ast.Attribute)
            if made is InterruptedBySignal or is_above == takes:
                continue  # a signal has none; otherwise the other one of the two calls says it
            place = f"{path.relative_to(ROOT)}:{call.lineno}"
            assert id_of(made, call) is not None, place
            assert made is not PbmError or path.name == "error_boundary.py", place
