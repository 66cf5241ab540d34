"""Arenas and gates as ``.pbm.toml`` states them."""

from __future__ import annotations

import tomllib

import pytest

from git_pbm.core.evaluations.policy import DEFAULT_ARENA, Arena, Fixed, Gate, Policy, PolicyProblem, Sprt, policy_of

WHOLE = """
[arena.diplomacy]
seats = 7
scoring = "draw-size"
[arena.diplomacy.config]
movetime_ms = 5000
max_year = 1930
[arena.diplomacy.log]
loaded = ["info string Loaded policy ONNX model"]
refuse = ["Neural eval disabled", "falling back to hard"]

[gate]
arena = "diplomacy"
test = "sprt"
elo = [0, 70]
alpha = 0.05
beta = 0.10
units = 20
needs = ["loaded", "log", "clean-engine", "one-engine"]
override = false
"""


def read(text: str) -> Policy:
    return policy_of(tomllib.loads(text))


def test_a_whole_policy_is_read() -> None:
    arena = Arena(
        name="diplomacy",
        seats=7,
        scoring="draw-size",
        config={"movetime_ms": 5000, "max_year": 1930},
        loaded=("info string Loaded policy ONNX model",),
        refuse=("Neural eval disabled", "falling back to hard"),
    )
    needs = ("loaded", "log", "clean-engine", "one-engine")
    gate = Gate(arena=arena, test=Sprt(elo0=0, elo1=70, beta=0.1), needs=needs, override=False)
    assert read(WHOLE) == Policy({"diplomacy": arena}, gate)


def test_everything_has_a_default() -> None:
    assert read("") == Policy({}, None)
    assert read("[gate]") == Policy({}, Gate(arena=DEFAULT_ARENA, test=Sprt()))
    assert read('[gate]\narena = "default"') == read("[gate]")
    assert read("[arena.chess]\n[gate]").gate == Gate(arena=Arena(name="chess"), test=Sprt())


def test_a_fixed_number_of_games_is_read() -> None:
    policy = read('[gate]\ntest = "fixed"\ngames = 400\nscore = 0.55')
    assert policy.gate == Gate(arena=DEFAULT_ARENA, test=Fixed(400, 0.55))


WRONG = [
    ("arena = 1", "`arena` is not a table"),
    ("[arena]\nchess = 1", "`arena.chess` is not a table"),
    ('[arena."two words"]', "a name is 1 to 64"),
    ("[arena.chess]\nseat = 2", "unknown key arena.chess.seat"),
    ("[arena.chess]\nseats = 1", "arena.chess.seats"),
    ("[arena.chess]\nseats = true", "arena.chess.seats"),
    ('[arena.chess]\nscoring = "elo"', "none of win-draw-loss"),
    ("[arena.risk]\nseats = 3", "win-draw-loss is for two seats"),
    ('[arena.chess]\nscoring = "solo"', "win-draw-loss is for two seats"),
    ("[arena.chess.config]\ntime = 0.1", "config.time"),
    ("[arena.chess.log]\nloads = []", "unknown key arena.chess.log.loads"),
    ('[arena.chess.log]\nloaded = "text"', "arena.chess.log.loaded"),
    ('[arena.chess.log]\nrefuse = ["a\\nb"]', "arena.chess.log.refuse"),
    ("gate = true", "`gate` is not a table"),
    ("[gate]\ngames = 400", "unknown key gate.games"),
    ('[gate]\ntest = "fixed"\ngames = 400\nscore = 0.5\nunits = 1', "unknown key gate.units"),
    ('[gate]\ntest = "fixed"\nscore = 0.5', "gate.games"),
    ('[gate]\ntest = "fixed"\ngames = 400', "`gate.score` is not a number"),
    ('[gate]\ntest = "fixed"\ngames = 400\nscore = 1', "between 0 and 1"),
    ('[gate]\ntest = "wilson"', "neither sprt nor fixed"),
    ("[gate]\nelo = 35", "two numbers"),
    ("[gate]\nelo = [0]", "two numbers"),
    ("[gate]\nelo = [35, 0]", "ascending"),
    ("[gate]\nelo = [0, nan]", "not a number"),
    ("[gate]\nelo = [0, true]", "not a number"),
    ("[gate]\nalpha = 0.5", "gate.alpha"),
    ("[gate]\nbeta = 0", "gate.beta"),
    ("[gate]\nunits = 0", "gate.units"),
    ('[arena.risk]\nseats = 3\nscoring = "solo"\n[gate]\nunits = 19', "`gate.units` is not an integer from 20"),
    ('[gate]\nneeds = ["luck"]', "has luck"),
    ("[gate]\noverride = 1", "gate.override"),
    ('[gate]\narena = "chess"', "none of default"),
    ("[gate]\narena = 1", "none of default"),
    ("[arena.a]\n[arena.b]\n[gate]", "must name one of a, b"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=[row[0].replace("\n", "-") for row in WRONG])
def test_a_wrong_key_is_named(text: str, problem: str) -> None:
    with pytest.raises(PolicyProblem, match=problem):
        read(text)
