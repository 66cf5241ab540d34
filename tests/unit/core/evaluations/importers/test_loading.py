"""What logs prove about loading, and what they refute."""

from __future__ import annotations

import pytest

from git_pbm.core.evaluations.importers.loading import loading_proof
from git_pbm.core.evaluations.importers.results import ImportProblem
from tests.unit.core.evaluations.importers.matches import source

POLICY, VALUE = "af031d72" + "1" * 56, "2" * 64
READY = ["model is ready"]


@pytest.mark.parametrize(
    ("log", "how"),
    [
        (f"x\ninfo string pbm loaded policy {POLICY} value {VALUE}\n", "in-memory"),
        (f"info string pbm loaded policy {POLICY}\n", "in-memory"),
        (f"info string pbm loaded policy {'0' * 64}\ninfo string pbm loaded policy {POLICY}\n", "in-memory"),
        ("the model is ready now\n", "log"),
        ("Model hash: af031d72\n", "label"),
        ("nothing\n", None),
    ],
)
def test_the_strongest_proof_in_a_log_is_told(log: str, how: str | None) -> None:
    found = loading_proof([source(log)], READY, [], POLICY, VALUE)
    assert (found.how if found is not None else None) == how
    if found is not None:
        assert (found.policy, found.value) == (POLICY, VALUE)


def test_without_a_text_to_look_for_a_log_proves_no_loading() -> None:
    assert loading_proof([source("the model is ready\n")], [], [], POLICY, None) is None


def test_a_model_without_a_value_net_is_proven_by_its_policy() -> None:
    found = loading_proof([source(f"info string pbm loaded policy {POLICY}\n")], READY, [], POLICY, None)
    assert found is not None
    assert (found.how, found.value) == ("in-memory", None)


def test_other_networks_and_refused_texts_are_refused() -> None:
    log = source(f"info string pbm loaded policy {'0' * 64} value {VALUE}\n", "engine.log")
    with pytest.raises(ImportProblem, match="the engine loaded the policy 00000000, not af031d72"):
        loading_proof([log], READY, [], POLICY, VALUE)
    bare = source("running without neural eval\n", "engine.log")
    with pytest.raises(ImportProblem, match="log says: running without"):
        loading_proof([bare], READY, ["falling back", "running without"], POLICY, VALUE)
