"""Candidates for the shell's completion: commands, options, tags and ids; quick, and silent where it knows nothing."""

from __future__ import annotations

import json
import os

from git_pbm.cli.commands import COMMANDS, parser_of
from git_pbm.core.names import REGISTRY_PATH, is_id, tag_problem
from git_pbm.report.terminal import out

TAKE_MODELS = frozenset({"annotate", "promote", "remove", "deploy", "show", "diff", "path", "add"})


def complete(words: list[str]) -> int:
    """``git-pbm complete WORD...``: the words after ``git pbm``, the last one unfinished; a candidate a line."""
    unfinished = words[-1] if words else ""
    for candidate in sorted(_candidates(words[:-1], unfinished)):
        if candidate.startswith(unfinished):
            out(candidate)
    return 0


def _candidates(before: list[str], unfinished: str) -> set[str]:
    if not before:
        return {command.name for command in COMMANDS}
    command = next((command for command in COMMANDS if command.name == before[0]), None)
    if command is None:
        return set()
    if unfinished.startswith("-"):
        return {name for action in parser_of(command).actions for name in action.option_strings if name[:2] == "--"}
    if before[0] == "explain":
        from git_pbm.core.rules.changes import EVERY_RULE

        return {rule.slug for rule in EVERY_RULE}
    wants_model = before[0] in TAKE_MODELS and (before[0] != "add" or before[-1] == "--parent")
    return _models() if wants_model else set()


def _models() -> set[str]:
    """Tags and ids out of the nearest ``registry.json`` upwards, read leniently: completion judges nothing."""
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, REGISTRY_PATH)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return set()
        folder = parent
    try:
        with open(os.path.join(folder, REGISTRY_PATH), encoding="utf-8") as file:
            models = json.load(file)["models"]
        found = {"current", *filter(is_id, models)}
        tags = (entry.get("tag") for entry in models.values())
        return found | {tag for tag in tags if isinstance(tag, str) and tag_problem(tag) is None}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()
