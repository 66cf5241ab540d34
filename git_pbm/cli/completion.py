"""Candidates for shell completion, from the definitions of the commands; prints no error messages."""

from __future__ import annotations

import argparse
import json
import os
import re

from git_pbm.cli.commands import COMMANDS, parser_of
from git_pbm.core.names import CURRENT_PATH, REGISTRY_PATH, is_id, tag_problem
from git_pbm.errors import ExitCode, PbmError
from git_pbm.fs.small_files import read_small
from git_pbm.report.terminal import print_data

_LIMIT = 16 << 20
"""Bytes: completion stays quick up to this size of ``registry.json``, some 100,000 models."""


def complete(args: list[str]) -> int:
    """Print the candidates for the last of the arguments after ``git pbm``, one a line."""
    unfinished = args[-1] if args else ""
    try:
        found = _candidates(args[:-1], unfinished)
    except (PbmError, OSError):  # outside a repository, or in a deleted folder
        return ExitCode.OK
    for candidate in sorted(found):
        if candidate.startswith(unfinished):
            print_data(candidate)
    return ExitCode.OK


def _candidates(before: list[str], unfinished: str) -> set[str]:
    if not before:
        return {"--help", "--version"} if unfinished.startswith("-") else {command.name for command in COMMANDS}
    command = next((command for command in COMMANDS if command.name == before[0]), None)
    if command is None:
        return set()
    actions = parser_of(command).actions
    expected = _expected(actions, before[1:])
    takes_option = "--" not in before and (expected is None or not expected.option_strings)
    if unfinished.startswith("-") and takes_option:
        shown = (action for action in actions if action.help != argparse.SUPPRESS)
        return {name for action in shown for name in action.option_strings if name.startswith("--")}
    return set() if expected is None else _values(expected)


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


def _values(action: argparse.Action) -> set[str]:
    """Return the possible values of an option or argument."""
    if action.choices is not None:
        return {str(choice) for choice in action.choices}
    if action.metavar == "RULE":
        from git_pbm.core.rules.table import EVERY_RULE

        return {rule.slug for rule in EVERY_RULE}
    names_model = action.metavar == "MODEL" or re.match(r"a MODEL\b", action.help or "")
    return _models() if names_model else set()


def _models() -> set[str]:
    """Return the tags and ids in the work tree's ``registry.json``; fields that are not valid are skipped."""
    from git_pbm.operations.lookup import find_repository

    root = find_repository().root
    if root is None:
        return set()
    text = read_small(os.path.join(root, REGISTRY_PATH), _LIMIT)
    try:
        models = json.loads(text or b"{}")["models"]
        tags = [entry.get("tag") for entry in models.values()]
        named = {tag for tag in tags if isinstance(tag, str) and tag_problem(tag) is None}
        return named | {CURRENT_PATH, *filter(is_id, models)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()
