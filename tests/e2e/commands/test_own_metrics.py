"""Metrics of a person's own, from the command line into metadata.json and out again."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.support.golden import ADD
from tests.support.machine import Machine


def document(place: Machine, tag: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(place.pbm("show", tag, "--json").out)["model"]["metadata"]
    return found


def test_add_annotate_show_list_and_remove(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.write("m.json", '{"elo": 1958, "games": 680, "best_loss": 0.7, "arena": "small"}')
    place.pbm(*ADD, "--metrics", "m.json", "--metric", "elo=1960", "--metric", "drift=-0.5")
    tag = ADD[ADD.index("--tag") + 1]
    stored = document(place, tag)
    assert {name: stored[name] for name in ("elo", "games", "best_loss", "arena", "drift")} == {
        "elo": 1960,
        "games": 680,
        "best_loss": 0.7,
        "arena": "small",
        "drift": -0.5,
    }
    assert list(stored)[-4:] == ["elo", "games", "arena", "drift"], "a person's own fields come after ours"
    assert "1960" in place.pbm("list", "--columns", "tag,elo", "--sort=-elo").out.splitlines()[1]
    assert "drift" in place.pbm("diff", "supervised-v1", tag).out
    place.pbm("annotate", tag, "--metric", "elo=", "--metric", "kl=0.25")
    stored = document(place, tag)
    assert "elo" not in stored
    assert stored["kl"] == 0.25
    assert place.pbm("check").status == 0


def test_what_is_refused_stores_nothing(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.write("m.json", '{"elo": 1958, "curve": [1, 2]}')
    head = place.git("rev-parse", "HEAD")
    for words in (("--metrics", "m.json"), ("--metric", "elo=nan"), ("--metric", "kl=1", "--kl", "2")):
        assert place.pbm("annotate", "supervised-v1", *words, status=2).err.count("\n") == 1
    assert (place.git("rev-parse", "HEAD"), place.git("status", "--porcelain", "models")) == (head, "")


def test_adding_again_names_the_metric_that_differs(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.pbm(*ADD, "--metric", "elo=1900")
    tag = ADD[ADD.index("--tag") + 1]
    done = place.pbm(*ADD, "--metric", "elo=1960")
    hint = f"git pbm annotate {tag} --metric elo=1960"
    assert hint in done.out + done.err
    place.run(*hint.split())
    assert document(place, tag)["elo"] == 1960
