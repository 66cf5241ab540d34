"""Golden files: what every command prints with ``--json``, to the byte and with its order of fields.

After a change that is meant: ``PBM_WRITE_GOLDEN=true python -m pytest tests/e2e/commands/test_golden.py``, and read the
difference. A case is a row of ``CASES`` and the file ``tests/golden/<name>.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS, command_of, parser_of
from tests.support import golden
from tests.support.golden import ADD, GOLDEN, POLICY, VALUE, WRITES
from tests.support.machine import Machine

PAGE = Path(__file__).parents[3] / "docs/reference/json.md"
CHANGING = ("add", "promote", "rollback", "annotate", "remove")


@dataclass(frozen=True)
class Case:
    """A command with ``--json``, run where ``scene`` has prepared a registry; ``name`` is the golden file's."""

    name: str
    words: tuple[str, ...]
    status: int = 0
    scene: Callable[[Machine], Machine] = golden.as_it_is

    @property
    def command(self) -> str:
        """The command's name: one word, or two."""
        command = command_of(self.words)
        assert command is not None
        return command.name


NOT_DEPLOYED = golden.strange_engine_before
SAME_AS_FIRST = ("add", POLICY.format(1), VALUE.format(1), "--tag", "supervised-v1")
REMOVE = ("remove", "supervised-v2", "--why", "it diverged")
EVALUATE, NAME = golden.EVALUATE, golden.EVALUATION
RETRACT = ("eval", "retract", NAME, "--why", "the wrong book", "--date", "2026-02-06")
CASES = (
    Case("add", ADD),
    Case("add-dry-run", (*ADD, "--dry-run")),
    Case("add-candidate", (*ADD, "--no-promote")),
    Case("add-no-commit", (*ADD, "--no-commit")),
    Case("add-deployed", ADD, scene=golden.engine),
    Case("add-not-deployed", ADD, 5, NOT_DEPLOYED),
    Case("add-already-there", SAME_AS_FIRST),
    Case("add-already-there-differences", (*SAME_AS_FIRST, "--notes", "other words", "--best-loss", "1.75")),
    Case("annotate", ("annotate", "rl-r1-i1", "--notes", "it stalls", "--best-loss", "-0.5")),
    Case("annotate-dry-run", ("annotate", "rl-r1-i1", "--notes", "it stalls", "--dry-run")),
    Case("annotate-unchanged", ("annotate", "supervised-v1", "--best-loss", "1.5")),
    Case("promote", ("promote", "supervised-v2")),
    Case("promote-not-deployed", ("promote", "supervised-v2"), 5, NOT_DEPLOYED),
    Case("promote-unchanged-not-deployed", ("promote", "current"), 5, NOT_DEPLOYED),
    Case("promote-dry-run", ("promote", "supervised-v2", "--dry-run")),
    Case("promote-unchanged", ("promote", "current")),
    Case("promote-unchanged-deployed", ("promote", "current"), scene=golden.engine),
    Case("promote-deployed", ("promote", "supervised-v2"), scene=golden.deployed),
    Case("rollback", ("rollback",)),
    Case("rollback-dry-run", ("rollback", "--dry-run")),
    Case("rollback-deployed", ("rollback",), scene=golden.deployed),
    Case("retag", ("retag", "rl-r1-i2", "rl-r1-i7"), scene=golden.added),
    Case("undo", ("undo",), scene=golden.promoted),
    Case("undo-dry-run", ("undo", "--dry-run"), scene=golden.promoted),
    Case("remove", REMOVE),
    Case("remove-dry-run", (*REMOVE, "--dry-run")),
    Case("deploy", ("deploy",), scene=golden.engine),
    Case("deploy-taken-away", ("deploy", "supervised-v2"), scene=golden.deployed),
    Case("deploy-check", ("deploy", "--check"), scene=golden.deployed),
    Case("deploy-check-empty", ("deploy", "--check"), 1, golden.engine),
    Case("deploy-check-foreign", ("deploy", "--check"), 1, golden.strange_engine),
    Case("deploy-check-stale", ("deploy", "--check", "supervised-v1"), 1, golden.deployed),
    Case("init", ("init", "--no-hooks", "--engine", "../runs"), scene=golden.no_registry),
    Case("init-dry-run", ("init", "--no-hooks", "--dry-run"), scene=golden.no_registry),
    Case("init-unchanged", ("init", "--no-hooks")),
    Case("list", ("list",)),
    Case("list-where", ("list", "--where", "training=supervised", "--sort=-created")),
    Case("list-no-models", ("list",), scene=golden.no_models),
    Case("show", ("show",)),
    Case("show-policy-only", ("show", "supervised-v2")),
    Case("show-partial-clone", ("show",), scene=golden.partial_clone),
    Case("lineage", ("lineage",)),
    Case("history", ("history",), scene=golden.rolled_back),
    Case("history-no-models", ("history",), scene=golden.no_models),
    Case("history-at", ("history", "--at", "2026-02-02 18:00 +0100"), scene=golden.rolled_back),
    Case("history-at-nothing-current", ("history", "--at", "2026-02-01 18:00 +0100")),
    Case("diff", ("diff", "supervised-v1", "current")),
    Case("diff-interface", ("diff", "supervised-v1", "supervised-v2")),
    Case("which", ("which", "current", POLICY.format(1))),
    Case("which-unknown", ("which", POLICY.format(1), POLICY.format(5)), 1),
    Case("which-unverified", ("which", POLICY.format(5)), 3, golden.partial_clone),
    Case("status", ("status",)),
    Case("status-no-models", ("status",), scene=golden.no_models),
    Case("status-engine", ("status",), scene=golden.deployed),
    Case("status-strange-engine", ("status",), scene=golden.strange_engine),
    Case("status-interrupted", ("status",), scene=golden.interrupted),
    Case("check", ("check",)),
    Case("check-findings", ("check",), 1, golden.damaged),
    Case("check-staged", ("check", "--staged")),
    Case("check-rev", ("check", "--rev", "HEAD~1")),
    Case("check-range", ("check", "--range", "HEAD~2..HEAD")),
    Case("check-range-findings", ("check", "--range", "main..side"), 1, golden.branch),
    Case("check-unverified", ("check", "--rev", "HEAD"), 3, golden.partial_clone),
    Case("check-not-inspected", ("check",), scene=golden.in_git_lfs),
    Case("check-require-content", ("check", "--require-content"), 3, golden.in_git_lfs),
    Case("repair-nothing", ("repair",)),
    Case("repair-preview", ("repair",), 1, golden.damaged),
    Case("repair-applied", ("repair", "--apply"), scene=golden.damaged),
    Case("repair-interrupted", ("repair",), 1, golden.interrupted),
    Case("repair-recovered", ("repair", "--apply"), scene=golden.interrupted),
    Case("repair-torn-index", ("repair",), 1, golden.torn_index),
    Case("repair-mismatches", ("repair",), 0, golden.other_bytes),
    Case("resolve-nothing", ("resolve",)),
    Case("resolve-open", ("resolve",), 1, golden.merge),
    Case("resolve-settled", ("resolve", "--current", "supervised-v1"), scene=golden.merge),
    Case("eval-add", EVALUATE, scene=golden.played),
    Case("eval-add-dry-run", (*EVALUATE, "--dry-run"), scene=golden.played),
    Case("eval-add-already-there", EVALUATE, scene=golden.evaluated),
    Case("eval-list", ("eval", "list"), scene=golden.evaluated),
    Case("eval-list-none", ("eval", "list")),
    Case("eval-show", ("eval", "show", NAME), scene=golden.evaluated),
    Case("eval-check", ("eval", "check", NAME, "--from", "../match.pgn"), scene=golden.evaluated),
    Case("ladder", ("ladder",), scene=golden.evaluated),
    Case("gate", ("gate", "supervised-v2"), scene=golden.passed),
    Case("gate-undecided", ("gate", "supervised-v2"), 6, scene=golden.gated),
    Case("promote-under-a-gate", ("promote", "supervised-v2"), scene=golden.passed),
    Case("add-under-a-gate", ADD, scene=golden.gated),
    Case("eval-retract", RETRACT, scene=golden.evaluated),
    Case("resolve-left", ("resolve",), 1, golden.merge_in_other_files),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_json_is_as_in_its_golden_file(case: Case, machine: Machine, golden_copy: Callable[[], Machine]) -> None:
    done = case.scene(golden_copy()).pbm(*case.words, "--json", status=case.status)
    path = GOLDEN / f"{case.name}.json"
    text = json.dumps(json.loads(done.out.replace(str(machine.folder), "/home/trainer")), indent=2) + "\n"
    if WRITES:
        path.write_text(text)
    assert path.read_text() == text


def test_every_case_has_a_file_and_every_file_a_case() -> None:
    names = [case.name for case in CASES]
    assert sorted(names) == sorted({path.stem for path in GOLDEN.glob("*.json")})


def test_every_command_that_takes_json_has_a_case() -> None:
    takes = {c.name for c in COMMANDS if any("--json" in a.option_strings for a in parser_of(c).actions)}
    assert takes == {case.command for case in CASES}
    assert all(case.name.startswith(case.command.replace(" ", "-")) for case in CASES)


def rows_of(case: Case) -> str:
    """The rows of the page's table that speak of a command."""
    rows = [line.partition(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    name = re.compile(rf"`{case.command}\b")
    return "\n".join(
        fields for what, _, fields in rows if name.search(what) or (case.command in CHANGING and "the same" in what)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_names_every_field(case: Case) -> None:
    fields = set(json.loads((GOLDEN / f"{case.name}.json").read_text())) - {"version"}
    rows = rows_of(case)
    assert fields
    assert {field for field in fields if f"`{field}`" not in rows} == set()
