"""Candidates for shell completion, from the definitions of the commands; prints no error messages.

The files in ``completion/`` call this at each Tab. What is printed last may be ``:files`` or ``:folders``: then the
shell completes these by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable

from git_pbm.cli.commands import COMMANDS, command_of, parser_of
from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import CURRENT_PATH, REGISTRY_PATH, TRAININGS, is_id, metadata_path, tag_problem
from git_pbm.errors import ExitCode, PbmError
from git_pbm.fs.small_files import read_small
from git_pbm.operations.lookup import find_repository
from git_pbm.operations.model_view import OWN_COLUMNS
from git_pbm.report.terminal import print_data

_LIMIT = 16 << 20
"""Bytes: completion stays quick up to this size of ``registry.json``, some 100,000 models."""

_LOOKED_AT = 50
"""Models whose metadata are read for fields of a person's own."""


def complete(args: list[str]) -> int:
    """Print the candidates for the last of the arguments after ``git pbm``, one a line."""
    unfinished = args[-1] if args else ""
    try:
        found = _candidates(args[:-1], unfinished)
    except (PbmError, OSError):  # outside a repository, or in a deleted folder
        return ExitCode.OK
    for candidate in sorted(found):
        if candidate.startswith((unfinished, ":")):
            print_data(candidate)
    return ExitCode.OK


def _candidates(before: list[str], unfinished: str) -> set[str]:
    if not before and unfinished.startswith("-"):
        return {"--help", "--version"}
    command = command_of(before)
    if command is None:
        typed = tuple(before)
        return {c.words[len(typed)] for c in COMMANDS if c.words[: len(typed)] == typed and len(c.words) > len(typed)}
    actions = parser_of(command).actions
    expected = _expected(actions, before[len(command.words) :])
    if "--" in before or (expected is not None and expected.option_strings):
        return _values(expected, unfinished)
    option, equals, value = unfinished.partition("=")
    if equals and unfinished.startswith("--"):
        named = next((action for action in actions if option in action.option_strings), None)
        return {found if found[:1] == ":" else f"{option}={found}" for found in _values(named, value)}
    return _options(actions) if unfinished.startswith("-") else _values(expected, unfinished)


def _options(actions: tuple[argparse.Action, ...]) -> set[str]:
    """Return the long options that the help shows."""
    shown = (action for action in actions if action.help != argparse.SUPPRESS)
    return {name for action in shown for name in action.option_strings if name.startswith("--")}


def _expected(actions: tuple[argparse.Action, ...], before: list[str]) -> argparse.Action | None:
    """Return the option or argument that the unfinished word is a value of, or None."""
    options = {name: action for action in actions for name in action.option_strings}
    positions = [action for action in actions if not action.option_strings]
    waiting: argparse.Action | None = None
    only_positions = False
    for word in before:
        if waiting is not None:
            waiting = None
        elif word == "--" and not only_positions:
            only_positions = True
        elif word.startswith("-") and not only_positions:
            action = options.get(word)
            waiting = action if action is not None and action.nargs != 0 else None
        elif positions and positions[0].nargs not in ("+", "*"):
            positions.pop(0)
    return waiting or next(iter(positions), None)


def _values(action: argparse.Action | None, unfinished: str) -> set[str]:
    """Return the possible values of an option or argument, by what its placeholder stands for."""
    if action is None:
        return set()
    if action.choices is not None:
        return {str(choice) for choice in action.choices}
    placeholder = str(action.metavar)
    if placeholder in _BY_PLACEHOLDER:
        return _BY_PLACEHOLDER[placeholder](unfinished)
    return _models() if re.match(r"a MODEL\b", action.help or "") else set()


def _models(_: str = "") -> set[str]:
    """Return the tags and ids in the work tree's ``registry.json``; fields that are not valid are skipped."""
    entries = _entries()
    tags = {entry.get("tag") for entry in entries.values() if isinstance(entry, dict)}
    named = {tag for tag in tags if isinstance(tag, str) and tag_problem(tag) is None}
    return named | {CURRENT_PATH, *filter(is_id, entries)} if entries else set()


def _entries() -> dict[str, JsonValue]:
    """Return the models that the work tree's ``registry.json`` lists, empty where it cannot be read."""
    root = find_repository().root
    text = read_small(os.path.join(root, REGISTRY_PATH), _LIMIT) if root is not None else None
    try:
        models = json.loads(text or b"{}")["models"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return models if isinstance(models, dict) else {}


def _fields() -> set[str]:
    """Return what a model can be listed by: our own fields, and those that people have given the newest models."""
    root = find_repository().root
    found = {*OWN_COLUMNS, *METADATA_FIELDS}
    for model_id in [name for name in _entries() if is_id(name)][-_LOOKED_AT:]:
        text = read_small(os.path.join(root or "", metadata_path(model_id)), _LIMIT)
        try:
            document = json.loads(text or b"{}")
        except (ValueError, RecursionError):
            continue
        found.update(filter(_is_field, document if isinstance(document, dict) else ()))
    return found


def _is_field(name: str) -> bool:
    return name.isidentifier() and name.isascii()


def _columns(unfinished: str) -> set[str]:
    before, comma, _ = unfinished.rpartition(",")
    return {f"{before}{comma}{name}" for name in _fields() - set(before.split(","))}


def _sort_keys(unfinished: str) -> set[str]:
    return {f"-{name}" for name in _fields()} if unfinished.startswith("-") else _fields()


def _conditions(unfinished: str) -> set[str]:
    key, equals, _ = unfinished.partition("=")
    values = {"training": set(TRAININGS), "tag": _models(), "parent": _models()}.get(key, set()) if equals else set()
    return {f"{key}={value}" for value in values} if equals else {f"{name}=" for name in _fields()}


def _rules(_: str) -> set[str]:
    from git_pbm.core.rules.table import EVERY_RULE

    return {rule.slug for rule in EVERY_RULE}


def _files(_: str) -> set[str]:
    return {":files"}


def _folders(_: str) -> set[str]:
    return {":folders"}


_BY_PLACEHOLDER: dict[str, Callable[[str], set[str]]] = {
    "MODEL": _models,
    "RULE": _rules,
    "COLUMN": _sort_keys,
    "NAMES": _columns,
    "'KEY OP VALUE'": _conditions,
    "FILE": _files,
    "POLICY": _files,
    "VALUE": _files,
    "FILE_OR_DIR": _files,
    "DIR": _folders,
    "DIR[=TAG]": _folders,
}
