"""What a gate says of promotions: of one commit, and of all that a range did together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import (
    EVALS,
    EVIDENCE,
    GATE,
    OVERRIDDEN,
    REPLACED,
    is_roll_back,
    trailers,
)
from git_pbm.core.evaluations.evaluation import EvaluatedModel
from git_pbm.core.evaluations.gate import evidence_text, gate_of, gate_text, player_of, says_the_same, verdict_of
from git_pbm.core.evaluations.policy import Gate
from git_pbm.core.evaluations.verdict import Decision, Verdict
from git_pbm.core.names import REGISTRY_PATH
from git_pbm.core.registry.change import Change, Origin, Turn
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import Ledger
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Problem, Remark

_TRAILERS = (GATE, EVIDENCE, EVALS, REPLACED)
_UNDO = "take the commit out: git rebase -i"


def remarks_on_turn(change: Change, origin: Origin) -> Iterator[Remark]:
    """Yield what is wrong with a commit that turns ``current`` where a gate may be in force."""
    gate = gate_of(origin.registry)
    if gate is None or isinstance(gate, Unavailable):
        yield from filter(None, [gate])
        return
    before = change.before.current_id or origin.last_current()
    after = change.after.current_id
    if before is None or before == after:
        return  # the first model of all, or the one that was cleared before
    if after is None:
        yield _cleared(before)
    elif not (is_roll_back(change.message) and origin.was_current(after)):
        yield from _of_promotion(change, origin, gate, before, after)


def remarks_on_range(origin: Origin, tip: Registry, turns: Sequence[Turn]) -> Iterator[Remark]:
    """Yield what is wrong with all that a range did to ``current``, merges included.

    Either its promotions lead from what was current to what is, each of them allowed by itself; or what is current has
    shown itself against what was; or a commit of the range rolls back to it, and it was current before the range.
    """
    gate = gate_of(origin.registry)
    if gate is None or isinstance(gate, Unavailable):
        yield from filter(None, [gate])
        return
    before, after = origin.registry.current_id or origin.last_current(), tip.current_id
    if before is None or before == after:
        return
    if after is None:
        yield _cleared(before)
        return
    is_rolled_back = any(turn.is_roll_back and turn.after == after for turn in turns)
    if _is_reached(before, after, turns) or (is_rolled_back and origin.was_current(after)):
        return
    found = _judged(origin.registry, tip, [(gate, origin.registry.ledger)], before, after)
    if not isinstance(found, _Judged):
        yield from found
    elif found.verdict.decision is not Decision.ACCEPTED:
        yield _not_met(found, "the range makes it current, and no chain of promotions leads there: ")


def _is_reached(before: str, after: str, turns: Sequence[Turn]) -> bool:
    """Whether promotions that were allowed lead from one model to another; a roll-back leads nowhere new."""
    leads: dict[str, list[str]] = {}
    for turn in turns:
        if turn.is_met and turn.before is not None and turn.after is not None:
            leads.setdefault(turn.before, []).append(turn.after)
    reached, waiting = {before}, [before]
    while waiting:
        further = set(leads.get(waiting.pop(), ())) - reached
        reached |= further
        waiting += further
    return after in reached


@dataclass(frozen=True)
class _Judged:
    """A verdict on two models, and all that their promotion's trailers may say."""

    gate: Gate
    candidate: EvaluatedModel
    baseline: EvaluatedModel
    verdict: Verdict
    wordings: tuple[dict[str, str], ...]


def _of_promotion(change: Change, origin: Origin, gate: Gate, before: str, after: str) -> Iterator[Remark]:
    said = [(key, text) for key in _TRAILERS for text in trailers(change.message, key)]
    if (GATE, OVERRIDDEN) in said:
        yield _overridden(gate, after)
        yield from (_untrue(after, key, text, before) for key, text in said if key == REPLACED and text != before)
        return
    policies = [(gate, origin.registry.ledger)]
    own = gate_of(change.before)  # a command words what binds where it runs: the commit's parent
    if isinstance(own, Gate):
        policies.append((own, change.before.ledger))
    found = _judged(change.before, change.after, policies, before, after)
    if not isinstance(found, _Judged):
        yield from found
    elif found.verdict.decision is not Decision.ACCEPTED:
        yield _not_met(found, "")
    elif not said:
        yield _unsaid(found)
    else:
        yield from _untruths(found, said)


def _untruths(found: _Judged, said: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    for key, text in said:
        if not any(_is_true(key, text, wording) for wording in found.wordings):
            yield _untrue(found.candidate.id, key, text, found.wordings[0][key])


def _judged(
    earlier: Registry, registry: Registry, policies: Sequence[tuple[Gate, Ledger]], before: str, after: str
) -> _Judged | list[Unavailable | Problem]:
    """The verdict under the first of these policies; what cannot be judged where there is none.

    Each is a gate and the ledger whose retractions count. What was replaced may be gone since: ``earlier`` has it.
    """
    players = [player_of(registry, after), player_of(earlier, before) or player_of(registry, before)]
    lacking: list[Unavailable | Problem] = [one for one in players if isinstance(one, Unavailable)]
    if lacking:
        return lacking
    candidate, baseline = players
    if not isinstance(candidate, EvaluatedModel) or not isinstance(baseline, EvaluatedModel):
        gone = after if candidate is None else before
        return [_gone(after, gone)]
    verdicts = [verdict_of(registry.ledger, ledger, gate, candidate, baseline) for gate, ledger in policies]
    for one in verdicts:
        if not isinstance(one, Verdict):
            return list(one)
    known = [one for one in verdicts if isinstance(one, Verdict)]
    wordings = tuple(
        {
            GATE: gate_text(gate),
            EVIDENCE: evidence_text(verdict),
            EVALS: " ".join(verdict.counted),
            REPLACED: baseline.id,
        }
        for (gate, _), verdict in zip(policies, known, strict=True)
    )
    return _Judged(policies[0][0], candidate, baseline, known[0], wordings)


def _is_true(key: str, text: str, wording: dict[str, str]) -> bool:
    return says_the_same(text, wording[key]) if key == EVIDENCE else text == wording[key]


def _cleared(before: str) -> Problem:
    return Problem(
        REGISTRY_PATH,
        f"cleared: {before}",
        f"current is cleared ({before} was current), and a gate is in force",
        f"{_UNDO}; another model becomes current by git pbm promote MODEL",
    )


def _overridden(gate: Gate, after: str) -> Problem:
    if gate.override:
        return Problem(
            REGISTRY_PATH,
            f"{OVERRIDDEN}: {after}",
            f"{after} became current although the gate was not asked (Gate: {OVERRIDDEN})",
            "read the reason in the commit's message, and decide whether you accept it",
            is_warning=True,
        )
    return Problem(
        REGISTRY_PATH,
        f"{OVERRIDDEN}: {after}",
        f"{after} became current past the gate, which says that it cannot be overridden (override = false)",
        f"{_UNDO}; git pbm gate {after} says what is missing",
    )


def _not_met(found: _Judged, lead: str) -> Problem:
    candidate, verdict = found.candidate, found.verdict
    why = f" ({verdict.reason})" if verdict.reason else ""
    return Problem(
        REGISTRY_PATH,
        f"{verdict.decision.value}: {candidate.id} against {found.baseline.id}",
        f"{lead}{candidate.tag} ({candidate.id}) has not passed the gate against {found.baseline.tag} "
        f"({found.baseline.id}): {evidence_text(verdict)}{why}",
        f"git pbm gate {candidate.id} --against {found.baseline.id} says what is missing",
    )


def _gone(after: str, gone: str) -> Problem:
    return Problem(
        REGISTRY_PATH,
        f"unjudged: {after}",
        f"{after} became current, and the gate cannot judge it: {gone} is not a model of this tree",
        f"{_UNDO}; promote it while both models are there: git pbm promote {after}",
    )


def _unsaid(found: _Judged) -> Problem:
    return Problem(
        REGISTRY_PATH,
        f"unsaid: {found.candidate.id}",
        f"{found.candidate.tag} ({found.candidate.id}) has passed the gate, and the message does not say by what",
        f"git pbm promote writes it; by hand: git commit --amend, with: {GATE}: {found.wordings[0][GATE]}",
        is_warning=True,
    )


def _untrue(after: str, key: str, said: str, is_so: str) -> Problem:
    return Problem(
        REGISTRY_PATH,
        f"{key}: {said}",
        f"the message of the promotion of {after} says {key}: {said}",
        f"git commit --amend, with: {key}: {is_so}",
    )
