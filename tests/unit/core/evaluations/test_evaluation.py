"""Documents of the ledger: the text that is written is the text that is read, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from git_pbm.core.documents.strict_json import DocumentProblem
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, NamedOpponent, Outcomes, Retraction, path_of
from git_pbm.core.evaluations.evaluation_reader import document_of, read_document
from git_pbm.core.evaluations.fields import EvaluationProblem
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.registry.snapshot import FileEntry
from tests.unit.core.evaluations.documents import NEW, example, match

RETRACTION: dict[str, Any] = {
    "version": 1,
    "kind": "retraction",
    "model": NEW.to_json(),
    "retracts": ["0" * 16, "1" * 16],
    "reason": "the wrong net",
    "date": "2026-11-25",
}


def canonical(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=True) + "\n").encode()


@pytest.mark.parametrize("document", [example(), RETRACTION], ids=["match", "retraction"])
def test_a_document_is_written_as_it_was_read_and_named_by_its_hash(document: dict[str, Any]) -> None:
    data = canonical(document)
    read = read_document(data)
    assert read.text().encode() == data
    assert read.name == hashlib.sha256(data).hexdigest()[:16]
    assert path_of(read) == f"evals/af031d72/{read.name}.json"


@pytest.mark.parametrize("field", ["by_seat", "engine", "config", "seeds", "loaded", "notes"])
def test_an_optional_field_may_be_left_out(field: str) -> None:
    document = example()
    del document[field]
    assert read_document(canonical(document)).to_json() == document


def test_the_value_net_may_be_missing_in_what_was_loaded() -> None:
    document = example()
    del document["loaded"]["value"]
    assert read_document(canonical(document)).to_json() == document


def test_an_opponent_may_be_no_model() -> None:
    document = example() | {"opponent": {"name": "medium", "version": "1.2"}}
    read = read_document(canonical(document))
    assert isinstance(read, Evaluation)
    assert read.opponent == NamedOpponent("medium", "1.2")
    assert (read.opponent.key, read.model.key) == ("medium@1.2", "af031d72")


def test_values_are_what_the_document_says() -> None:
    read = document_of(example())
    assert isinstance(read, Evaluation)
    assert read.by_seat is not None
    assert read.by_seat["france"] == Outcomes(7, 0, 29)
    assert (read.seats, read.scores.units, read.outcomes.games) == (7, 36, 252)
    assert read.outcomes.mirrored() == Outcomes(203, 0, 49)
    assert read.outcomes.plus(Outcomes(1, 2, 3)) == Outcomes(50, 2, 206)
    assert isinstance(document_of(RETRACTION), Retraction)
    assert match(1, 0, 2).model == EvaluatedModel("af031d72", "rl-r1-i1", "a" * 64)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace('"seats": 7,\n  "seats_of_model": 1', '"seats_of_model": 1,\n  "seats": 7'),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("  ", " "),
        lambda text: text.replace("\\u00e4", "\u00e4"),
        lambda text: text.replace(
            '"max_year": 1930,\n    "movetime_ms": 5000', '"movetime_ms": 5000, "max_year": 1930'
        ),
    ],
    ids=["order", "newline", "spaces", "ascii", "config"],
)
def test_a_text_that_is_not_canonical_is_told_from_the_canonical_one(rewrite: Callable[[str], str]) -> None:
    text = canonical(example()).decode()
    assert rewrite(text) != text
    for data, is_canonical in ((text.encode(), True), (rewrite(text).encode(), False)):
        assert LedgerFile("x", FileEntry(), data).is_canonical is is_canonical
        assert read_document(data).text() == text


def test_what_is_not_strict_json_is_refused() -> None:
    with pytest.raises(DocumentProblem):
        read_document(b'{"version": 1, "version": 1}')


WRONG: list[tuple[str, Any, str]] = [
    ("version", 2, "version"),
    ("version", True, "version"),
    ("kind", "tournament", "kind"),
    ("arena", "no spaces", "arena"),
    ("model", "af031d72", "model"),
    ("model", {"id": "af031d72", "tag": "rl-r1-i1"}, "networks"),
    ("model", {"id": "AF031D72", "tag": "rl-r1-i1", "networks": "a" * 64}, "model.id"),
    ("model", {"id": "af031d72", "tag": "current", "networks": "a" * 64}, "model.tag"),
    ("model", {"id": "af031d72", "tag": "rl-r1-i1", "networks": "a"}, "model.networks"),
    ("opponent", {"name": "medium"}, "version"),
    ("opponent", {"name": "two\nlines", "version": "1"}, "opponent.name"),
    ("seats", 1, "seats"),
    ("seats_of_model", 2, "seats_of_model"),
    ("games", 0, "games"),
    ("games", 10**10, "games"),
    ("games", 252.0, "games"),
    ("outcomes", {"win": -1, "draw": 0, "loss": 1}, "outcomes.win"),
    ("outcomes", {"win": 1, "draw": 0, "loss": 1, "void": 1}, "void"),
    ("by_seat", {}, "by_seat"),
    ("by_seat", [], "by_seat"),
    ("by_seat", {"": [0, 0, 0]}, "by_seat"),
    ("by_seat", {"france": [1, 2]}, "by_seat.france"),
    ("unit", 8, "unit"),
    ("scores", {}, "scores"),
    ("scores", [[0, 1]] * 20_001, "20000"),
    ("scores", [[1, 1], [0, 1]], "ascending"),
    ("scores", [[0, 1], [0, 1]], "ascending"),
    ("scores", [[0, 0]], "ascending"),
    ("scores", [[1_000_001, 1]], "ascending"),
    ("left_over", -1, "left_over"),
    ("cut_short", 0, "cut_short"),
    ("engine", {"name": "e", "commit": "HEAD", "clean": True}, "engine.commit"),
    ("engine", {"name": "e", "commit": "c" * 40, "clean": 1}, "engine.clean"),
    ("config", [], "config"),
    ("config", {"time": 0.5}, "config.time"),
    ("config", {"book": "a\nb"}, "config.book"),
    ("config", {"nodes": 2**53}, "config.nodes"),
    ("config", {"": 1}, "config"),
    ("seeds", [1], "seeds"),
    ("loaded", {"policy": "0" * 64, "how": "hearsay"}, "loaded.how"),
    ("logs", [{"name": "a", "sha256": "0" * 64, "size": -1}], r"logs\[0\].size"),
    ("source", "PGN", "source"),
    ("started", "2026-11-25", "started"),
    ("ended", "2026-11-31T00:00:00Z", "ended"),
    ("ended", "2026-11-25T24:00:00Z", "ended"),
    ("notes", "", "notes"),
    ("comment", "", "comment"),
]


@pytest.mark.parametrize(("field", "value", "named"), WRONG, ids=[f"{n}-{w[0]}" for n, w in enumerate(WRONG)])
def test_a_wrong_field_is_named(field: str, value: object, named: str) -> None:
    with pytest.raises(EvaluationProblem, match=named):
        document_of(example() | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("retracts", []),
        ("retracts", ["1" * 16, "0" * 16]),
        ("retracts", ["0" * 16, "0" * 16]),
        ("retracts", ["0"]),
        ("reason", " "),
        ("date", "2026-02-30"),
    ],
)
def test_a_wrong_field_of_a_retraction_is_named(field: str, value: object) -> None:
    with pytest.raises(EvaluationProblem, match=field):
        document_of(RETRACTION | {field: value})


def test_what_is_not_an_object_is_refused() -> None:
    with pytest.raises(EvaluationProblem):
        document_of([])
