"""Results of every format, counted; and what is refused, with what to type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from git_pbm.core.evaluations.evaluation import Evaluation, LogFile, Outcomes
from git_pbm.core.evaluations.importers.importing import NAMES, import_results
from git_pbm.core.evaluations.importers.results import ImportProblem, Request, Results, Side, Source
from git_pbm.core.evaluations.sums import sum_problems
from tests.unit.core.evaluations.documents import NEW, OLD
from tests.unit.core.evaluations.importers.matches import (
    MODEL,
    OPPONENT,
    TWO,
    Played,
    csv_of,
    fastchess_json,
    gatekeeper_log,
    jsonl_of,
    pairs,
    pgn,
    rows,
    sgfs,
    source,
)

SEVEN = Request(model=MODEL, opponent=OPPONENT, seats=7)
WON = Played(1, is_white=True, halves=2)
LOST = Played(1, is_white=False, halves=0)
PGN = pgn([WON, LOST]).decode()


def imported(*sources: Source | bytes | str, request: Request = TWO) -> Results:
    return import_results([one if isinstance(one, Source) else source(one) for one in sources], request)


def refused(*sources: Source | bytes | str, request: Request = TWO) -> str:
    with pytest.raises(ImportProblem) as caught:
        imported(*sources, request=request)
    assert caught.value.remedy
    assert len(str(caught.value).splitlines()) == 1
    return f"{caught.value} -> {caught.value.remedy}"


def evaluation_of(results: Results) -> Evaluation:
    """The evaluation that these results would be."""
    return Evaluation(
        arena="default",
        model=NEW,
        opponent=OLD,
        games=results.outcomes.games,
        outcomes=results.outcomes,
        by_seat=results.by_seat,
        scores=results.scores,
        left_over=results.left_over,
        faults=results.faults,
        cut_short=results.cut_short,
        logs=(LogFile("log", "d" * 64, 1),),
        source=results.source,
        started="2026-11-25T00:00:00Z",
        ended="2026-11-25T00:00:00Z",
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_same_games_give_the_same_counts_in_every_format(seed: int) -> None:
    games = pairs(seed + 1, seed)
    tables = [csv_of(rows(games)), jsonl_of(rows(games))]
    read = [imported(one) for one in (pgn(games), *tables, sgfs(games), fastchess_json(games), gatekeeper_log(games))]
    assert [one.source for one in read] == ["pgn", "csv", "jsonl", "sgfs", "fastchess-json", "gatekeeper-log"]
    assert {one.source for one in read} | {"botmatch-json"} == set(NAMES)  # botmatch is of more than two seats
    for one in read:
        assert (one.outcomes, one.left_over, one.cut_short) == (read[0].outcomes, 0, False)
        assert sum_problems(evaluation_of(one)) == []
    for one in read[:4]:
        assert one.by_seat == read[0].by_seat
    for one in read[:5]:
        assert one.scores == read[0].scores
    assert (read[0].scores.unit, read[5].scores.unit) == (2, 1)
    assert read[0].outcomes.games == 2 * (seed + 1)
    points = sum(game.halves for game in games) / 2
    for one in read:
        assert one.scores.points == pytest.approx(points, abs=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_half_pairs_are_left_over_wherever_a_match_was_stopped(seed: int) -> None:
    games = pairs(6, seed)
    del games[seed]
    results = imported(pgn(games))
    assert (results.scores.units, results.left_over) == (5, 1)
    assert sum_problems(evaluation_of(results)) == []


def test_rounds_that_restart_in_an_appended_file_are_paired_in_file_order() -> None:
    first, second = pairs(2, 1), pairs(2, 2)
    results = imported(pgn([*first, *second]))
    assert (results.scores.units, results.left_over) == (4, 0)
    apart = imported(pgn(first)).scores.plus(imported(pgn(second)).scores)
    assert results.scores.counts == apart.counts


def test_games_of_one_round_with_another_opening_are_no_pair() -> None:
    text = PGN.replace('[Event "a match"]', '[Event "a match"]\n[FEN "one"]', 1)
    assert imported(text).scores.unit == 1


def test_where_no_pair_is_shown_each_game_is_a_unit() -> None:
    text = PGN.replace('[Round "1"]', '[Round "?"]')
    assert (imported(text).scores.unit, imported(text).left_over) == (1, 0)
    assert imported("score\n1\n0\n0.5\n").by_seat is None
    assert imported("score\n1\n0\n0.5\n").outcomes == Outcomes(1, 1, 1)


def test_several_sources_of_one_match_are_added_up() -> None:
    results = imported(source(pgn([WON]), "a.pgn"), source(pgn([LOST]), "b.pgn"))
    assert (results.outcomes, results.scores.unit) == (Outcomes(1, 0, 1), 2)
    assert refused(source(pgn([WON]), "a.pgn"), source("score\n1\n", "b.csv")) == (
        "a.pgn and b.csv are of different formats -> import them one after the other"
    )


@pytest.mark.parametrize(
    ("data", "skip"),
    [
        (pgn([WON, LOST]), len(pgn([WON])) + 1),
        (csv_of(rows([WON, LOST])), len(csv_of(rows([WON])))),
        (jsonl_of(rows([WON, LOST])), len(jsonl_of(rows([WON])))),
        (sgfs([WON, LOST]), len(sgfs([WON]))),
        (gatekeeper_log([WON]) + gatekeeper_log([LOST]), len(gatekeeper_log([WON]))),
    ],
)
def test_what_an_earlier_evaluation_has_is_skipped(data: bytes, skip: int) -> None:
    assert imported(data).outcomes == Outcomes(1, 0, 1)
    assert imported(source(data, skip=skip)).outcomes == Outcomes(0, 0, 1)


# -- rounds of more seats


def test_seven_seats_in_file_order_or_by_unit_are_rounds() -> None:
    seats = ("austria", "england", "france", "germany", "italy", "russia", "turkey")
    lines = [f"{seat},{int(seat in ('france', 'turkey'))}" for _ in range(2) for seat in seats]
    results = imported("\n".join(["seat,score", *lines, "italy,1"]) + "\n", request=SEVEN)
    assert results.scores.counts == {285714: 2}
    assert (results.scores.unit, results.left_over, results.outcomes) == (7, 1, Outcomes(5, 0, 10))
    shuffled = [f"{seat},0.{n + 1},{unit}" for n, seat in enumerate(seats) for unit in ("b", "a")]
    assert imported("\n".join(["seat,score,unit", *shuffled]) + "\n", request=SEVEN).scores.counts == {400000: 2}


def test_more_seats_than_the_arena_has_are_refused() -> None:
    text = "seat,score\na,1\nb,0\nc,0\n"
    assert refused(text) == (
        "match: games in 3 seats, and the arena has 2 -> name the arena: --arena NAME; its seats are in .pbm.toml"
    )


# -- tables


def test_seeds_are_kept_where_every_row_has_one() -> None:
    assert imported("score,seed\n1,7\n0,3\n").seeds == (3, 7)
    assert imported("score,seed\n1,7\n0,\n\n").seeds is None
    assert imported('{"score": 1, "seed": 4, "seat": null}\n\n{"score": 0.25, "seed": 5}\n').seeds == (4, 5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("score\n1\nNaN\n", "line 3: the score NaN is not a number from 0 to 1"),
        ("score\n-1\n", "line 2: the score -1 is not a number from 0 to 1"),
        ("score\n1.5\n", "line 2: the score 1.5 is not a number from 0 to 1"),
        ("seat,seed\nwhite,1\n", "line 2: the score is absent is not a number from 0 to 1"),
        ("score,seed\n1,x\n", "line 2: the seed x is not a whole number"),
        ("score,seat\n1\n", "line 2: 1 fields under 2 columns"),
        ("score,elo\n1,2\n", "line 2: unknown column elo"),
        ("score,score\n1,0\n", "line 1: a column is there twice"),
        ('{"score": 1}\n{"score": true}\n', "line 2: the score True is not a number from 0 to 1"),
        ('{"score": 1}\n[1]\n', "line 2: not an object"),
        ('{"score": 1}\n{"score": 1, "score": 0}\n', "line 2: line 1, column 14: the key 'score' is there twice"),
    ],
)
def test_a_row_that_says_nothing_is_refused_with_its_line(text: str, why: str) -> None:
    said = refused(text)
    assert said.startswith(f"match, {why}"[:40])
    assert said.endswith("-> the columns are seat, score, unit, seed; only score is needed")


def test_a_row_of_the_second_half_is_named_by_its_line_in_the_file() -> None:
    assert refused(source("score\n1\n0\nx\n", skip=8)).startswith("match, line 4: ")
    assert refused(source('{"score": 1}\n{"score": 2}\n', skip=13)).startswith("match, line 2: ")


# -- PGN


@pytest.mark.parametrize(
    ("model", "opponent"),
    [
        ("rl-r1-i1", "supervised-v1"),
        ("engine af031d72", "04df89cf+"),
        ("the new one", "supervised-v1 (4 threads)"),
    ],
)
def test_players_are_found_by_tag_id_or_alias(model: str, opponent: str) -> None:
    assert imported(pgn([WON, LOST], model, opponent)).outcomes == Outcomes(1, 0, 1)


def test_a_tag_is_not_found_in_a_longer_one() -> None:
    assert refused(pgn([WON], "rl-r1-i1", "supervised-v10")) == (
        "match: no game between af031d72 and 04df89cf (its players: rl-r1-i1, supervised-v10)"
        " -> say who is who: --player NAME=MODEL --player NAME=MODEL"
    )
    assert "(its players: nobody)" in refused('[Event "none"]\n')
    assert "(its players: nobody)" in refused("1. e4 e5\n", request=replace(TWO, format="pgn"))


def test_a_name_that_means_both_is_refused() -> None:
    assert refused(pgn([WON], "rl-r1-i1 supervised-v1", "x")) == (
        "rl-r1-i1 supervised-v1 means both af031d72 and 04df89cf -> say who it is: --player NAME=MODEL"
    )


def test_an_exact_name_goes_before_a_word() -> None:
    request = replace(TWO, model=Side(("rl",), ("rl supervised-v1",)))
    assert imported(pgn([WON, LOST], "rl supervised-v1", "supervised-v1"), request=request).outcomes.games == 2


def test_a_model_against_itself_is_refused() -> None:
    assert refused(pgn([WON], "rl-r1-i1", "af031d72")) == (
        "match, line 1: rl-r1-i1 and af031d72 are both af031d72"
        " -> a model does not play itself; say who they are: --player NAME=MODEL"
    )


def test_games_of_others_in_a_tournament_are_left_out() -> None:
    others = pgn([WON, LOST], "stockfish", "rl-r1-i1") + b"\n" + pgn([WON], "a", "b")
    assert imported(others + b"\n" + pgn([WON, LOST])).outcomes.games == 2


def test_a_match_that_was_cut_short_has_to_be_called_so() -> None:
    stopped = PGN + PGN.replace("1-0", "*", 1).partition("\n\n")[0]
    assert refused(stopped) == (
        "match: 1 of its games have no result -> play them; or record it as it is, not to be counted: --cut-short"
    )
    results = imported(stopped, request=replace(TWO, cut_short=True))
    assert (results.cut_short, results.outcomes.games) == (True, 2)
    assert refused(pgn([WON]).replace(b"1-0", b"*")) == (
        "match: no game between af031d72 and 04df89cf with a result"
        " -> say who is who: --player NAME=MODEL --player NAME=MODEL"
    )


@pytest.mark.parametrize(("result", "said"), [('[Result "2-0"]\n', "2-0"), ("", "is absent")])
def test_a_game_without_a_result_that_can_be_read_is_refused(result: str, said: str) -> None:
    text = PGN.replace('[Result "1-0"]\n', result, 1)
    assert refused(text).startswith(f"match, line 1: the result {said} is none of 1-0, 1/2-1/2, 0-1, * -> the file may")


def test_faults_and_times_are_kept() -> None:
    text = PGN.replace(
        "[White", '[Termination "time forfeit"]\n[UTCDate "2026.02.18"]\n[UTCTime "23:59:58"]\n[White', 1
    )
    results = imported(text)
    assert (results.faults, results.started, results.ended) == (1, "2026-02-18T23:59:58Z", "2026-02-19T00:00:00Z")
    nonsense = PGN.replace("2026.02.19", "2026.13.99")
    assert (imported(nonsense).started, imported(nonsense).ended) == (None, None)


def test_line_ends_of_windows_and_a_byte_order_mark_do_not_matter() -> None:
    assert imported("\ufeff" + PGN.replace("\n", "\r\n")).scores == imported(PGN).scores


# -- formats


def test_a_format_can_be_named_and_an_unknown_one_is_refused() -> None:
    assert imported("score\n1\n", request=replace(TWO, format="csv")).source == "csv"
    assert refused("nothing that anybody knows\n") == (
        f"match: none of the formats {', '.join(NAMES)} -> name one: --from-format NAME"
    )
    assert refused("score\n") == "match: no game in it -> name the file that has the results"


@pytest.mark.parametrize(
    ("text", "what", "instead"),
    [
        ("Started game 1 of 4 (a vs b)\nScore of a vs b: 1 - 0 - 0  [1.000] 1\n", "a log of cutechess", "-pgnout FILE"),
        ("warning: x\nFinished game 1 (a vs b): 1-0 {mates}\n", "a log of cutechess", "-pgnout FILE"),
        ("Results of a vs b (8+0.08, 1t, 16MB):\nElo: 1 +/- 2\n", "a log of fastchess", "-pgnout file=FILE"),
        ("    x_test.go:1: === Turkey (Rust) vs 6 Medium — 100 games ===\n", "a log of a benchmark", "botmatch -json"),
        ("=== BENCHMARK: a vs b (10 games) ===\n", "a log of a benchmark", "botmatch -json"),
        ('{"game_id": 1, "winner": null, "final_sc_counts": [3]}\n', "games of self-play", "against another model"),
    ],
)
def test_a_file_that_is_known_and_says_too_little_names_what_to_import(text: str, what: str, instead: str) -> None:
    said = refused(text)
    assert said.startswith(f"match: {what}: ")
    assert instead in said.partition(" -> ")[2]


def test_a_field_that_no_table_has_is_refused() -> None:
    said = refused(f"score\n{'1' * 200_000}\n")
    assert said.startswith("match: field larger than field limit (131072) -> the columns")


def test_a_long_match_is_read_in_one_pass() -> None:
    games: Sequence[Played] = pairs(5_000, 3)
    assert imported(pgn(games)).scores.units == 5_000
    alone = "seat,score,unit\n" + "white,1,1\n" * 200_000  # a search for a partner would take minutes
    assert imported(alone).scores.unit == 1
    assert imported(alone.replace(",1\n", ",\n"), request=SEVEN).scores.unit == 1
