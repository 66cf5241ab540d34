"""Which evaluations count, and why the others do not; nobody chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, NamedOpponent, Outcomes
from git_pbm.core.evaluations.ladder import Match
from git_pbm.core.evaluations.policy import Arena, Gate
from git_pbm.core.evaluations.scores import Scores


@dataclass(frozen=True, slots=True)
class Recorded:
    """An evaluation and the name of its file."""

    name: str
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Counted:
    """An evaluation that counts, as seen by the candidate."""

    recorded: Recorded
    scores: Scores
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An evaluation of the two models that does not count; ``needs`` are those of the gate that it does not meet."""

    name: str
    why: str
    needs: tuple[str, ...] = ()


def why_not_of(evaluation: Evaluation, arena: Arena) -> str | None:
    """Return why an evaluation says nothing about strengths in an arena, None where it does."""
    if evaluation.arena != arena.name:
        return f"it is of the arena {evaluation.arena}"
    if evaluation.seats != arena.seats:
        return f"it has {evaluation.seats} seats, and the arena {arena.seats}"
    if dict(evaluation.config or {}) != dict(arena.config):
        return "its configuration is not that of the arena"
    if evaluation.cut_short:
        return "it was cut short"
    if evaluation.scores.units == 0:
        return "it has no whole unit"
    if not is_balanced(evaluation):
        return "its seats are not balanced"
    return None


def is_balanced(evaluation: Evaluation) -> bool:
    """Whether the model had each seat as often; with single games, but for one game. Pairs and rounds always are."""
    if evaluation.scores.unit > 1:
        return True
    if evaluation.by_seat is None or len(evaluation.by_seat) != evaluation.seats:
        return False
    games = [outcomes.games for outcomes in evaluation.by_seat.values()]
    return max(games) - min(games) <= 1


def select(
    evaluations: Iterable[Recorded],
    retracted: Mapping[str, str],
    gate: Gate,
    candidate: EvaluatedModel,
    baseline: EvaluatedModel,
) -> tuple[list[Counted], list[LeftOut]]:
    """Return what counts in order of (``ended``, name), and what of the two models does not, in the same order."""
    counted: list[Counted] = []
    left_out: list[LeftOut] = []
    for one in sorted(evaluations, key=lambda one: (one.evaluation.ended, one.name)):
        evaluation = one.evaluation
        if not isinstance(evaluation.opponent, EvaluatedModel):
            continue
        if {evaluation.model.id, evaluation.opponent.id} != {candidate.id, baseline.id}:
            continue
        is_mirrored = evaluation.model.id != candidate.id
        why = f"retracted: {retracted[one.name]}" if one.name in retracted else None
        why = why or _why_left_out(evaluation, gate.arena, candidate, baseline)
        missing = () if why else _missing(evaluation, gate.needs)
        if why or missing:
            left_out.append(LeftOut(one.name, why or f"it does not meet {', '.join(missing)}", missing))
        elif is_mirrored:
            counted.append(Counted(one, evaluation.scores.mirrored(), evaluation.outcomes.mirrored()))
        else:
            counted.append(Counted(one, evaluation.scores, evaluation.outcomes))
    return counted, left_out


def _why_left_out(
    evaluation: Evaluation, arena: Arena, candidate: EvaluatedModel, baseline: EvaluatedModel
) -> str | None:
    networks = {candidate.id: candidate.networks, baseline.id: baseline.networks}
    for played in (evaluation.model, evaluation.opponent):
        if isinstance(played, EvaluatedModel) and played.networks != networks[played.id]:
            return f"{played.id} had other networks then"
    if evaluation.model.id != candidate.id and evaluation.seats > 2:
        return "the candidate had all seats but one"
    return why_not_of(evaluation, arena)


def _missing(evaluation: Evaluation, needs: Sequence[str]) -> tuple[str, ...]:
    """The needs of a gate that an evaluation does not meet by itself."""
    met = {
        "loaded": _has_loaded(evaluation, ("log", "in-memory")),
        "loaded-in-memory": _has_loaded(evaluation, ("in-memory",)),
        "log": bool(evaluation.logs),
        "clean-engine": evaluation.engine is not None and evaluation.engine.clean,
        "one-engine": evaluation.engine is not None,
    }
    return tuple(need for need in needs if not met[need])


def _has_loaded(evaluation: Evaluation, levels: Sequence[str]) -> bool:
    """Whether the evaluated model's own policy was loaded: an id is the beginning of the policy's digest."""
    loaded = evaluation.loaded
    return loaded is not None and loaded.how in levels and loaded.policy.startswith(evaluation.model.id)


def invalid_because(counted: Sequence[Counted], needs: Sequence[str]) -> str | None:
    """Return why evaluations that count cannot be added up, None where they can."""
    commits = {one.recorded.evaluation.engine.commit for one in counted if one.recorded.evaluation.engine}
    if "one-engine" in needs and len(commits) > 1:
        return f"{len(commits)} engines played: {', '.join(sorted(commits))}"
    repeated = repeated_logs(one.recorded for one in counted)
    if repeated:
        digest, names = next(iter(repeated.items()))
        return f"the log {digest} is used in {' and '.join(names)}"
    return None


def repeated_logs(evaluations: Iterable[Recorded]) -> dict[str, list[str]]:
    """Return the digests of logs that several evaluations name, with the evaluations."""
    used: dict[str, set[str]] = {}
    for one in evaluations:
        for log in one.evaluation.logs:
            used.setdefault(log.sha256, set()).add(one.name)
    return {digest: sorted(names) for digest, names in sorted(used.items()) if len(names) > 1}


def matches_of(
    evaluations: Iterable[Recorded], retracted: Mapping[str, str], arena: Arena, networks: Mapping[str, str]
) -> list[Match]:
    """Return what the ladder of an arena counts; ``networks`` of today, by id, leave out a model's namesake."""
    found = []
    for one in evaluations:
        evaluation = one.evaluation
        if one.name in retracted or why_not_of(evaluation, arena) is not None:
            continue
        if all(_is_known(player, networks) for player in (evaluation.model, evaluation.opponent)):
            found.append(
                Match(
                    evaluation=one.name,
                    player=evaluation.model.key,
                    opponent=evaluation.opponent.key,
                    scores=evaluation.scores,
                )
            )
    return found


def _is_known(player: EvaluatedModel | NamedOpponent, networks: Mapping[str, str]) -> bool:
    """Whether a player is not another model under the same id; a removed model keeps its ratings."""
    return isinstance(player, NamedOpponent) or networks.get(player.id, player.networks) == player.networks


def candidates_tried(evaluations: Iterable[Evaluation], baseline: EvaluatedModel, arena: Arena) -> set[str]:
    """Return the ids of models that have an evaluation against a baseline, with two seats in either direction."""
    tried = set()
    for evaluation in evaluations:
        if evaluation.arena != arena.name or not isinstance(evaluation.opponent, EvaluatedModel):
            continue
        if evaluation.opponent.id == baseline.id:
            tried.add(evaluation.model.id)
        elif evaluation.model.id == baseline.id and arena.seats == 2:
            tried.add(evaluation.opponent.id)
    return tried
