"""``python -m bench.false_promotions``: how often each gate promotes a model that is no better than the current one.

Two seats are computed exactly, without draws; seven seats are simulated, with seats that are worth as much as the
powers of Diplomacy were in 700 games, and a seed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from functools import cache

from git_pbm.core.evaluations.scores import MILLION, Scores
from git_pbm.core.evaluations.statistics.elo import score_of_elo
from git_pbm.core.evaluations.statistics.intervals import wilson
from git_pbm.core.evaluations.statistics.llr import bounds, llr

LOWER, UPPER = bounds(0.05, 0.05)
ELO = (0.0, 35.0)
LONGEST = 6000
"""Games after which what is still undecided, less than one match in a million, is left out."""
SEATS = (36, 32, 22, 10, 6, 2, 2)
"""Wins of 100 games in each seat."""

Decide = Callable[[int, int], int]
"""From games and wins to 1 (promote), -1 (reject) or 0 (play on)."""


def main() -> None:
    options = _parser().parse_args()
    print("| two seats, no draws, exact | strength p | promoted | mean games |\n| --- | --- | --- | --- |")
    for name, share, decide, longest in _two_seats():
        promoted, games = exactly(decide, share, longest)
        print(f"| {name} | {share} | {promoted:.4f} | {games:.0f} |", flush=True)
    once, _ = exactly(sequential(1), 0.5, LONGEST)
    for restarts in (3, 5, 10):
        print(f"| one of {restarts} fresh SPRTs | 0.5 | {1 - (1 - once) ** restarts:.4f} | |")
    print(f"\nSeven seats, rounds of seven, {options.repeats} matches a row, seed {options.seed}:\n")
    print("| SPRT | at least | accepts at H0 | rejects at H1 | mean rounds H0 / H1 |\n| --- | --- | --- | --- | --- |")
    for elo1, fewest in ((70.0, 5), (70.0, 20), (100.0, 5), (100.0, 20), (39.0, 5)):
        print(simulated(elo1, fewest, options.repeats, random.Random(options.seed)), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.false_promotions", description=__doc__)
    parser.add_argument("--repeats", type=int, default=300, help="matches of each simulated row (default: 300)")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _two_seats() -> Iterator[tuple[str, float, Decide, int]]:
    for share in (0.5, 0.52, 0.53, 0.55):
        yield "55 % of 400, once", share, looked_at(400, 400, is_55_percent), 400
    yield "55 % of 100 to 400, after every game", 0.5, looked_at(100, 400, is_55_percent), 400
    for first, last in ((400, 400), (20, 400), (20, 1000), (100, 1000)):
        yield f"Wilson's lower end over 0.5, {first} to {last}", 0.5, looked_at(first, last, is_above_half), last
    yield "SPRT 0 to 35, after every game", 0.5, sequential(1), LONGEST
    yield "the same", 0.5502, sequential(1), LONGEST
    for every in (20, 50, 100, 200):
        yield f"the same, after every {every}", 0.5, sequential(every), LONGEST


def exactly(decide: Decide, share: float, longest: int) -> tuple[float, float]:
    """Return the probability of a promotion and the mean number of games, by going through all numbers of wins."""
    alive, promoted, played = {0: 1.0}, 0.0, 0.0
    for games in range(1, longest + 1):
        following: dict[int, float] = {}
        for wins, chance in alive.items():
            following[wins] = following.get(wins, 0.0) + chance * (1 - share)
            following[wins + 1] = following.get(wins + 1, 0.0) + chance * share
        alive = {}
        for wins, chance in following.items():
            verdict = decide(games, wins)
            if verdict == 0:
                alive[wins] = chance
            else:
                played += games * chance
                promoted += chance if verdict > 0 else 0.0
        if sum(alive.values()) < 1e-6:
            break
    return promoted, played + longest * sum(alive.values())


def looked_at(first: int, last: int, is_better: Callable[[int, int], bool]) -> Decide:
    """Promote at the first of ``first`` to ``last`` games where a threshold is reached."""

    def decide(games: int, wins: int) -> int:
        if games >= first and is_better(games, wins):
            return 1
        return -1 if games == last else 0

    return decide


def is_55_percent(games: int, wins: int) -> bool:
    return 100 * wins >= 55 * games


@cache
def is_above_half(games: int, wins: int) -> bool:
    return 2 * wins > games and wilson(wins, games)[0] > 0.5


def sequential(every: int) -> Decide:
    """Decide by the sequential test, after every so many games."""

    def decide(games: int, wins: int) -> int:
        return _crossing(games, wins) if games % every == 0 else 0

    return decide


@cache
def _crossing(games: int, wins: int) -> int:
    value = llr(Scores(seats=2, unit=1, counts={0: games - wins, MILLION: wins}), *ELO)
    return int(value >= UPPER) - int(value <= LOWER)


def simulated(elo1: float, fewest: int, repeats: int, chance: random.Random) -> str:
    """Return the row of a test of 0 to ``elo1`` with at least ``fewest`` rounds."""
    accepted, rounds0 = _matches(0.0, elo1, fewest, repeats, chance)
    passed, rounds1 = _matches(elo1, elo1, fewest, repeats, chance)
    return (
        f"| 0 to {elo1:.0f} | {fewest} | {accepted / repeats:.4f} | {1 - passed / repeats:.4f} "
        f"| {rounds0 / repeats:.0f} / {rounds1 / repeats:.0f} |"
    )


def _matches(elo: float, elo1: float, fewest: int, repeats: int, chance: random.Random) -> tuple[int, int]:
    """How many matches accept, and the rounds that they take in all."""
    scale = len(SEATS) * score_of_elo(elo, len(SEATS)) / sum(SEATS)
    shares = [scale * wins for wins in SEATS]
    accepted = played = 0
    for _ in range(repeats):
        counts: dict[int, int] = {}
        rounds, value = 0, 0.0
        while rounds < fewest or LOWER < value < UPPER:
            wins = sum(chance.random() < share for share in shares)
            score = round(MILLION * wins / len(SEATS))
            counts[score] = counts.get(score, 0) + 1
            rounds += 1
            if rounds >= fewest:
                value = llr(Scores(seats=len(SEATS), unit=len(SEATS), counts=counts), 0.0, elo1)
        accepted += value >= UPPER
        played += rounds
    return accepted, played


if __name__ == "__main__":
    main()
