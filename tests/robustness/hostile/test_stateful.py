"""Any sequence of commands, hand edits and hand commits against a simple model of what a registry is."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.place import Place
from tests.robustness.hostile.trial import Outcome, fingerprint, flaws_of
from tests.support.figures import record
from tests.support.tiny import tiny_policy

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
SEEDS = st.integers(10, 15)
NUMBERS = st.integers(0, 20)
REFUSED = (2, 4)


@dataclass
class Known:
    """What the model knows about one of the registry's models."""

    tag: str
    seed: int
    parent: str | None
    notes: str | None = None


class Registrar(RuleBasedStateMachine):
    """Does to a registry what people do, and to the model of it the same."""

    quarry: Quarry
    counted = 0

    @initialize()
    def begin(self) -> None:
        self.place: Place = self.quarry.place()
        first, second, third = self.place.ids
        self.models = {
            first: Known("supervised-v1", 0, None),
            second: Known("rl-r1-i1", 1, first),
            third: Known("spare", 2, None),
        }
        self.pile = [first, second]
        self.staged: set[str] = set()
        self.number = 1
        self.place.git("config", "pbm.engine", "../engine")
        self.run("deploy")

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.place.discard()

    # -- how commands are run

    def run(self, *words: str, expect: tuple[int, ...] = (0,)) -> Outcome:
        type(self).counted += 1
        outcome = self.quarry.runner.pbm(self.place.folder, *words)
        assert not flaws_of(outcome), (words, flaws_of(outcome))
        assert outcome.status in expect, (words, outcome.status, outcome.text)
        return outcome

    def refuse(self, *words: str) -> None:
        """A command that must refuse, and change nothing."""
        before = fingerprint(self.quarry.runner, self.place.folder)
        self.run(*words, expect=REFUSED)
        assert fingerprint(self.quarry.runner, self.place.folder) == before, words

    def any_of(self, number: int) -> str:
        return sorted(self.models)[number % len(self.models)]

    @property
    def current(self) -> str:
        return self.pile[-1]

    def source(self, seed: int) -> str:
        path = self.place.beside / "runs" / f"seed-{seed}" / "policy_v2.onnx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(tiny_policy(seed))
        return str(path)

    # -- commands

    @rule(seed=SEEDS, promotes=st.booleans())
    def add(self, seed: int, promotes: bool) -> None:
        self.number += 1
        tag = f"rl-r1-i{self.number}"
        words = ("add", self.source(seed), "--tag", tag, *(() if promotes else ("--no-promote",)))
        if any(known.seed == seed for known in self.models.values()):
            self.refuse(*words)  # the same bytes under another tag
            return
        self.run(*words)
        listed = json.loads((self.place.folder / "registry.json").read_bytes())["models"]
        fresh = next(name for name, entry in listed.items() if entry["tag"] == tag)
        self.models[fresh] = Known(tag, seed, self.current)
        if promotes:
            self.pile.append(fresh)

    @rule(seed=SEEDS, number=NUMBERS)
    def add_under_a_used_tag(self, seed: int, number: int) -> None:
        name = self.any_of(number)
        if self.models[name].seed != seed and self.models[name].seed >= 10:
            self.refuse("add", self.source(seed), "--tag", self.models[name].tag)

    @rule(number=NUMBERS)
    def add_again(self, number: int) -> None:
        known = self.models[self.any_of(number)]
        if known.seed >= 10:
            head = self.place.git("rev-parse", "HEAD")
            self.run("add", self.source(known.seed), "--tag", known.tag)
            assert self.place.git("rev-parse", "HEAD") == head

    @rule(number=NUMBERS)
    def promote(self, number: int) -> None:
        name = self.any_of(number)
        self.run("promote", name)
        if name != self.current:
            self.pile.append(name)

    @rule()
    def roll_back(self) -> None:
        for place in range(len(self.pile) - 2, -1, -1):
            if self.pile[place] in self.models and self.pile[place] != self.current:
                self.run("rollback")
                del self.pile[place + 1 :]
                return
        self.refuse("rollback")

    @rule(number=NUMBERS)
    def remove(self, number: int) -> None:
        name = self.any_of(number)
        words = ("remove", self.models[name].tag, "--why", "not needed")
        if name == self.current or any(known.parent == name for known in self.models.values()):
            self.refuse(*words)
            return
        self.run(*words)
        del self.models[name]

    @rule(number=NUMBERS, notes=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
    def annotate(self, number: int, notes: str) -> None:
        name = self.any_of(number)
        self.run("annotate", name, f"--notes={notes}", expect=(0, 2))
        document = json.loads((self.place.folder / "models" / name / "metadata.json").read_bytes())
        self.models[name].notes = document.get("notes")

    @rule()
    def repair_has_nothing_to_do(self) -> None:
        self.run("repair", expect=(0,))

    # -- what people do by hand

    @rule(number=NUMBERS)
    def a_file_is_staged_by_hand(self, number: int) -> None:
        self.place.write(f"notes-{number}.txt", f"{self.number}\n")
        self.place.git("add", f"notes-{number}.txt")
        changed = self.place.git("diff", "--cached", "--name-only").decode().split()
        self.staged = set(changed)

    @precondition(lambda self: self.staged)
    @rule()
    def a_commit_is_made_by_hand(self) -> None:
        self.place.git("commit", "-q", "-m", "docs: notes")
        self.staged = set()

    @rule(number=NUMBERS)
    def the_registry_is_edited_by_hand(self, number: int) -> None:
        name = self.any_of(number)
        self.place.edit("registry.json", lambda d: d["models"][name].update(tag="by-hand"))  # type: ignore[index]
        self.refuse("promote", name)
        assert self.run("check", expect=(1,)).status == 1
        self.run("repair", expect=(1,))
        self.run("repair", "--apply")

    @rule()
    def current_is_deleted_by_hand(self) -> None:
        self.place.remove("current")
        self.run("check", expect=(1,))
        self.run("repair", "--apply")

    @rule(number=NUMBERS)
    def a_network_is_overwritten_by_hand(self, number: int) -> None:
        path = f"models/{self.any_of(number)}/policy_v2.onnx"
        self.place.write(path, tiny_policy(99))
        self.run("check", expect=(1,))
        self.place.git("checkout", "--", path)

    # -- what always holds

    @invariant()
    def the_registry_is_what_the_model_says(self) -> None:
        if not hasattr(self, "place"):
            return
        self.run("check", "--rev", "HEAD")
        listed = json.loads(self.run("list", "--json").out)["models"]
        assert {model["id"] for model in listed} == set(self.models)
        for model in listed:
            known = self.models[model["id"]]
            assert model["metadata"]["tag"] == known.tag
            assert model["metadata"].get("parent") == known.parent
            assert model["metadata"].get("notes") == known.notes
            assert model["current"] == (model["id"] == self.current)
        policy = self.place.folder / "current" / "policy_v2.onnx"
        assert policy.read_bytes() == (self.place.beside / "engine" / "policy_v2.onnx").read_bytes()
        assert set(self.place.git("diff", "--cached", "--name-only").decode().split()) == self.staged
        assert self.place.git("status", "--porcelain", "--", "models", "current", "registry.json", "README.md") == b""


def test_any_sequence_of_commands_keeps_the_registry_as_its_model(quarry: Quarry, tmp_path: Path) -> None:
    Registrar.quarry = quarry
    how = settings(
        max_examples=40 if WHOLE else 3,
        stateful_step_count=25 if WHOLE else 8,
        deadline=None,
        database=None,
        derandomize=not WHOLE,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Registrar, settings=how)
    except BaseException:
        record("commands against a model", "sequences of all commands", commands=Registrar.counted, disagreements=1)
        raise
    record("commands against a model", "sequences of all commands", commands=Registrar.counted, disagreements=0)
    assert Registrar.counted > 20
