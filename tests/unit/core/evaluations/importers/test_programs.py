"""What match programs write besides PGN: SGF, KataGo's gatekeeper, fastchess's state, ``botmatch -json``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from git_pbm.core.evaluations.evaluation import Outcomes
from git_pbm.core.evaluations.importers.results import Request, Results, Source
from tests.unit.core.evaluations.importers.matches import (
    MODEL,
    OPPONENT,
    TWO,
    Played,
    fastchess_json,
    gatekeeper_log,
    pairs,
    sgfs,
    source,
)
from tests.unit.core.evaluations.importers.test_importing import imported, refused

WON = Played(1, is_white=True, halves=2)
DREW = Played(1, is_white=False, halves=1)
LOST = Played(1, is_white=False, halves=0)
CUT_SHORT = replace(TWO, cut_short=True)
SEATS = ("austria", "england", "france", "germany", "italy", "russia", "turkey")
MATCH = pairs(30, 1)


# -- SGF


def game_of_sgf(root: str) -> str:
    return f"(;GM[1]PB[rl-r1-i1]PW[supervised-v1]{root};B[dd](;W[aa])(;W[bb]))\n"


@pytest.mark.parametrize(
    ("result", "outcomes", "faults"),
    [
        ("B+R", Outcomes(1, 0, 0), 0),
        ("B+T", Outcomes(1, 0, 0), 1),
        ("w+Forfeit", Outcomes(0, 0, 1), 1),
        ("W+0.5", Outcomes(0, 0, 1), 0),
        ("Draw", Outcomes(0, 1, 0), 0),
        ("Void", Outcomes(0, 1, 0), 0),
    ],
)
def test_a_result_of_sgf_is_black_s_or_white_s(result: str, outcomes: Outcomes, faults: int) -> None:
    results = imported(game_of_sgf(f"RE[{result}]"))
    assert (results.outcomes, results.faults) == (outcomes, faults)
    assert results.by_seat == {"black": outcomes}


def test_only_the_first_node_of_a_game_is_read() -> None:
    text = "(;GM[1]C[a \\] and a ( and (;PB[x\\]] PB[rl-r1-i1]\nPW[supervised-v1]RE[B+R](;RE[W+R])(;B[aa];RE[W+R]))"
    assert imported(text).outcomes == Outcomes(1, 0, 0)
    assert imported(text + game_of_sgf("RE[0]")).outcomes == Outcomes(1, 1, 0)


def test_days_of_sgf_are_kept() -> None:
    results = imported(game_of_sgf("DT[2026-02-18]RE[0]") + game_of_sgf("DT[2026-02-19,20]RE[0]DT[soon]"))
    assert (results.started, results.ended) == ("2026-02-18T00:00:00Z", "2026-02-18T00:00:00Z")


def test_what_sgf_does_not_say_is_refused() -> None:
    assert refused(game_of_sgf("RE[both]")).startswith(
        "match, game 1: the result both is none of B+..., W+..., 0, Draw, Void, ? -> the file may be cut off"
    )
    assert refused(game_of_sgf("RE[B+R]") + game_of_sgf("RE[?]")).startswith("match: 1 of its games have no result -> ")
    assert imported(game_of_sgf("RE[B+R]") + game_of_sgf(""), request=CUT_SHORT).cut_short


@pytest.mark.parametrize("tail", ["C[" * 100_000, "(" * 100_000, ";B" * 100_000, "C[\\"])
def test_a_file_that_was_cut_off_is_read_in_one_pass(tail: str) -> None:
    assert imported(game_of_sgf("RE[B+R]") + "(;GM[1]" + tail).outcomes == Outcomes(1, 0, 0)  # looked at twice, hours


# -- KataGo's gatekeeper


def test_a_match_of_the_gatekeeper_has_its_times_and_its_colours() -> None:
    results = imported(gatekeeper_log([WON, LOST]))
    assert (results.started, results.ended) == ("2026-02-19T00:00:02Z", "2026-02-19T00:00:04Z")
    assert results.by_seat == {"black": Outcomes(0, 0, 1), "white": Outcomes(1, 0, 0)}
    assert imported(gatekeeper_log([WON, DREW])).by_seat is None  # of a draw the log does not say the colours
    assert imported(gatekeeper_log([WON]).replace(b"+0100: ", b": ")).ended is None  # of which zone is not said
    assert imported(gatekeeper_log([WON]).replace(b"2026-02-19", b"2026-02-39")).ended is None


def test_other_matches_of_a_gatekeeper_s_log_are_left_out() -> None:
    other = gatekeeper_log([WON, WON], candidate="rl-r1-i2")
    assert imported(other + gatekeeper_log([WON, LOST]) + other).outcomes == Outcomes(1, 0, 1)
    mirrored = gatekeeper_log([WON, WON], candidate="supervised-v1", accepted="rl-r1-i1")
    assert imported(mirrored).outcomes == Outcomes(0, 0, 2)
    assert refused(other) == (
        "match: no game between af031d72 and 04df89cf (its players: rl-r1-i2, supervised-v1)"
        " -> say who is who: --player NAME=MODEL --player NAME=MODEL"
    )
    assert "(its players: nobody)" in refused("Gatekeeper Engine starting...\n")


def test_a_gatekeeper_s_match_without_its_last_line_was_cut_short() -> None:
    stopped = gatekeeper_log([WON, LOST], ends=False)
    assert "the line that ends a match (Candidate won match) is not in it" in refused(stopped)
    assert imported(stopped, request=CUT_SHORT).cut_short
    assert "with a result" in refused(gatekeeper_log([], ends=False))


def test_a_gatekeeper_s_sum_has_to_be_that_of_its_games() -> None:
    text = gatekeeper_log([WON, LOST]).decode()
    assert refused(text.replace("score 1.000", "score 1.500")) == (
        "match, line 2: its games are 2 with 1 points for rl-r1-i1, and its last line says 2 with 1.5"
        " -> take the log from where the match was played"
    )
    assert "and its last line says 3 with 1 " in refused(text.replace("in 2 games", "in 3 games"))
    assert "somebody won a game, and does not play there" in refused(text.replace("white rl-r1-i1", "white somebody"))
    assert imported(text.replace("draw 0", "noresult")).outcomes.games == 2


# -- fastchess


def changed(data: bytes, **fields: Any) -> str:
    return json.dumps({**json.loads(data), **fields})


def test_pairs_of_fastchess_are_counted_for_the_model_whatever_way_they_are_named() -> None:
    one, other = imported(fastchess_json(MATCH)), imported(fastchess_json(MATCH, "supervised-v1", "rl-r1-i1"))
    assert one.scores.unit == 2
    assert other.outcomes == one.outcomes.mirrored()
    assert other.scores.counts == one.scores.mirrored().counts
    both = imported(source(fastchess_json(MATCH), "a"), source(fastchess_json(MATCH), "b"))
    assert (both.outcomes, both.scores) == (one.outcomes.plus(one.outcomes), one.scores.plus(one.scores))


def stats(wins: int, losses: int, draws: int, **pairs_: int) -> dict[str, int]:
    names = ("WW", "WD", "WL", "DD", "LD", "LL")
    return {"wins": wins, "losses": losses, "draws": draws, **{f"penta_{n}": pairs_.get(n, 0) for n in names}}


def state(counts: Any, name: str = "rl-r1-i1 vs supervised-v1", **fields: Any) -> str:
    return json.dumps({"stats": {name: counts}, **fields})


def test_games_outside_of_pairs_are_left_over_or_are_single_games() -> None:
    results = imported(state(stats(3, 1, 1, WD=1, WL=1)))
    assert (results.scores.counts, results.scores.unit, results.left_over) == ({750_000: 1, 500_000: 1}, 2, 1)
    alone = imported(state(stats(3, 1, 1)))
    assert (alone.scores.counts, alone.scores.unit) == ({0: 1, 500_000: 1, 1_000_000: 3}, 1)
    assert refused(source(state(stats(3, 1, 1)), "a"), source(state(stats(2, 0, 0, WW=1)), "b")) == (
        "a and another: one has pairs, and one single games -> import them one after the other"
    )


def test_names_may_have_vs_in_them() -> None:
    request = replace(TWO, model=replace(MODEL, aliases=("a vs b",)))
    assert imported(state(stats(2, 0, 0), "a vs b vs supervised-v1"), request=request).outcomes == Outcomes(2, 0, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (state(stats(1, 0, 0, WW=1)), "match: its pairs have 2 wins, and its games 1"),
        (state({**stats(1, 0, 0), "wins": -1}), "match, rl-r1-i1 vs supervised-v1: `wins` is not a count"),
        (state({**stats(1, 0, 0), "penta_WW": True}), "match, rl-r1-i1 vs supervised-v1: `penta_WW` is not a count"),
        (state(["penta_WW"]).replace('"penta_WW"', '{"penta_WW": 1}'), "`wins` is not a count"),
        (state(stats(1, 0, 0), "a vs b"), "match: no game between af031d72 and 04df89cf (its players: a, b)"),
        (state(stats(1, 0, 0), "rl-r1-i1 vs af031d72"), "rl-r1-i1 and af031d72 are both af031d72"),
        (state(stats(0, 0, 0)), "match: no game in it"),
        ('{"stats": [{"penta_WW": 0}]}', "match: `stats` is not an object"),
        ('{"stats": {"penta_WW": 0}', "match: line 1, column 2"),
        (state(stats(4, 0, 0), rounds=8, games=2), "match: 4 games of 16 were played"),
    ],
)
def test_what_a_state_of_fastchess_does_not_say_is_refused(text: str, why: str) -> None:
    assert why in refused(text)


def test_a_sequential_test_ends_a_match_early() -> None:
    short = state(stats(4, 0, 0), rounds=8, games=2, sprt={"enabled": True})
    assert imported(short).cut_short is False
    assert imported(short.replace("true", "false"), request=CUT_SHORT).cut_short


def test_a_sum_has_no_beginning_that_can_be_skipped_and_no_seat_to_be_said() -> None:
    data = fastchess_json(MATCH)
    assert "its beginning is a source of another evaluation" in refused(source(data, skip=9))
    assert "--seat is for a format that does not say it" in refused(Source("match", data, seat="white"))
    assert "match: games in 2 seats, and the arena has 7" in refused(data, request=replace(TWO, seats=7))
    assert refused("[1]", request=replace(TWO, format="fastchess-json")).startswith("match: not an object -> ")


# -- botmatch

SEVEN = Request(model=MODEL, opponent=OPPONENT, seats=7, scoring="draw-size")


def botmatch(*games: tuple[str, dict[str, int]] | None, **fields: Any) -> str:
    results = [
        one
        and {"GameID": f"g{n}", "Winner": one[0], "FinalYear": 1910, "SCCounts": {**dict.fromkeys(SEATS, 0), **one[1]}}
        for n, one in enumerate(games)
    ]
    return json.dumps({"total": len(games), "errors": sum(one is None for one in games), "results": results, **fields})


def of_seat(seat: str, data: str, scoring: str = "draw-size", **fields: Any) -> Results:
    request = replace(SEVEN, scoring=scoring, **fields)
    return imported(Source(f"{seat}.json", data.encode(), seat=seat), request=request)


DRAW = ("", {"austria": 17, "turkey": 17})


@pytest.mark.parametrize(
    ("scoring", "seat", "game", "score"),
    [
        ("draw-size", "austria", ("austria", {"austria": 18, "turkey": 16}), 1_000_000),
        ("draw-size", "turkey", ("austria", {"austria": 18, "turkey": 16}), 0),
        ("draw-size", "turkey", DRAW, 500_000),
        ("draw-size", "italy", DRAW, 0),
        ("solo", "austria", ("austria", {"austria": 18}), 1_000_000),
        ("sum-of-squares", "austria", ("austria", {"austria": 18, "turkey": 16}), 1_000_000),
        ("sum-of-squares", "austria", ("", {"austria": 17, "turkey": 12, "italy": 5}), 631_004),
    ],
)
def test_what_a_seat_scores_is_the_arena_s_affair(scoring: str, seat: str, game: Any, score: int) -> None:
    assert of_seat(seat, botmatch(game), scoring).scores.counts == {score: 1}


def test_two_seats_share_a_draw() -> None:
    game = {"Winner": "", "SCCounts": {"a": 1, "b": 5}}
    request = replace(TWO, seats=2)
    text = json.dumps({"results": [game]})
    assert imported(Source("m", text.encode(), seat="a"), request=request).outcomes == Outcomes(0, 1, 0)


def test_one_file_for_each_seat_gives_rounds() -> None:
    won = ("france", {"france": 18})
    sources = [Source(f"{seat}.json", botmatch(won, DRAW).encode(), seat=seat) for seat in SEATS]
    results = imported(*sources, request=SEVEN)
    assert (results.scores.unit, results.scores.counts) == (7, {142_857: 2})
    assert (results.outcomes, results.left_over) == (Outcomes(1, 2, 11), 0)
    failed = [*sources[:-1], Source("turkey.json", botmatch(None, DRAW).encode(), seat="turkey")]
    results = imported(*failed, request=SEVEN)
    assert (results.scores.units, results.left_over, results.faults) == (1, 6, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (botmatch(("nobody", {})), "game 1: the winner nobody is in none of its seats"),
        (botmatch(None, DRAW, errors=0), "it states 2 games with 0 errors, and lists 2 with 1"),
        (botmatch(DRAW, total=0), "it states 0 games with 0 errors, and lists 1 with 0"),
        (botmatch(DRAW, total=4), "3 of its games are not there -> play them; or record it"),
        (botmatch(DRAW, results={}), "`results` is not a list"),
        (botmatch(("", {"italy": -1})), "game 1: `SCCounts` is not an object of counts"),
        (botmatch(DRAW, results=[{"Winner": ""}]), "game 1: `SCCounts` is not an object of counts"),
        (botmatch(DRAW, results=[7]), "game 1: `SCCounts` is not an object of counts"),
        (botmatch(("", {})), "game 1: nobody holds anything"),
        (botmatch(("", {"atlantis": 3})), "game 1: 8 seats, and the arena has 7 -> name the arena: --arena NAME"),
        (botmatch(), "no game in it"),
    ],
)
def test_what_botmatch_does_not_say_is_refused(text: str, why: str) -> None:
    assert why in refused(Source("match", text.encode(), seat="austria"), request=SEVEN)


def test_the_seat_of_the_model_is_asked_for() -> None:
    for seat in (None, "atlantis"):
        said = refused(Source("m", botmatch(DRAW).encode(), seat=seat), request=SEVEN)
        assert said == (
            f"m, game 1: who was the model is not in it; its seats are {', '.join(SEATS)}"
            " -> say where the model sat: --seat SEAT"
        )


def test_a_draw_is_nothing_that_an_arena_of_solos_knows() -> None:
    said = refused(Source("m", botmatch(DRAW).encode(), seat="italy"), request=replace(SEVEN, scoring="solo"))
    assert said.endswith('-> correct .pbm.toml: scoring = "draw-size" or "sum-of-squares"')


def test_a_long_file_of_games_is_read_in_one_pass() -> None:
    games = sgfs(pairs(20_000, 3))
    assert imported(games).scores.units == 20_000
