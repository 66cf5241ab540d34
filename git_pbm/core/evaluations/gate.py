"""A registry's gate applied to two of its models: who they are, the verdict on them, and how a commit words it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_pbm.core.evaluations.eligibility import Recorded
from git_pbm.core.evaluations.evaluation import EvaluatedModel
from git_pbm.core.evaluations.ledger_files import of_pair
from git_pbm.core.evaluations.policy import Fixed, Gate, PolicyProblem, policy_in
from git_pbm.core.evaluations.verdict import Verdict, judge
from git_pbm.core.names import tag_problem
from git_pbm.core.registry.changed_models import models_named
from git_pbm.core.registry.facts import Unavailable

if TYPE_CHECKING:
    from git_pbm.core.registry.ledger import Ledger
    from git_pbm.core.registry.registry import Registry

_LONGEST = 20
"""Digits of a number that anybody means: Python refuses to read far longer ones."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def gate_of(registry: Registry) -> Gate | Unavailable | None:
    """Return the gate of a registry: None where it has none, or a malformed one, which a rule of its own refuses."""
    if isinstance(registry.allowances_facts, Unavailable):
        return registry.allowances_facts
    try:
        return policy_in(registry.allowances_text or "").gate
    except PolicyProblem:
        return None


def player_of(registry: Registry, model_id: str) -> EvaluatedModel | Unavailable | None:
    """Return a model as it would play today; None where the registry has no such model."""
    model = models_named(registry, [model_id]).get(model_id)
    if model is None:
        return None
    digest = model.networks_digest
    if isinstance(digest, Unavailable):
        return digest
    tag = model.metadata.tag if model.metadata is not None else ""
    return EvaluatedModel(model_id, tag if tag_problem(tag) is None else model_id, digest)


def verdict_of(
    ledger: Ledger, binding: Ledger, gate: Gate, candidate: EvaluatedModel, baseline: EvaluatedModel
) -> Verdict | tuple[Unavailable, ...]:
    """Return the verdict on a candidate, or what this clone lacks of what must be read.

    Evaluations are those of ``ledger``; of the retractions only those of ``binding`` count, which is an earlier tree:
    who promotes cannot retract the losses in the same breath.
    """
    pair = (candidate.id, baseline.id)
    found, earlier = of_pair(ledger, pair), of_pair(binding, pair)
    lacking = (*found.lacking, *(one for one in earlier.lacking if one not in found.lacking))
    if lacking:
        return lacking
    retracted = {name: retraction.reason for name, retraction in earlier.retracted.items()}
    recorded = [Recorded(name, one) for name, one in found.evaluations.items()]
    return judge(recorded, retracted, gate, candidate, baseline)


def gate_text(gate: Gate) -> str:
    """Return the gate in one line, as the trailer ``Gate`` has it."""
    test = gate.test
    if isinstance(test, Fixed):
        return f"fixed score {test.score:g} of {test.games} games, arena {gate.arena.name}"
    return f"sprt elo {test.elo0:g}..{test.elo1:g} alpha {test.alpha:g} beta {test.beta:g}, arena {gate.arena.name}"


def evidence_text(verdict: Verdict) -> str:
    """Return the verdict in one line, as the trailer ``Evidence`` has it."""
    parts = [verdict.decision.value]
    if verdict.llr is not None and verdict.bounds is not None:
        parts.append(f"LLR {verdict.llr:.2f} of [{verdict.bounds[0]:.2f}, {verdict.bounds[1]:.2f}]")
    return ", ".join([*parts, f"{verdict.games} games", *estimate_texts(verdict)])


def estimate_texts(verdict: Verdict) -> list[str]:
    """Return score and Elo, each with its 95 % interval; nothing where no game counts."""
    texts = []
    if verdict.score is not None and verdict.interval is not None:
        texts.append(f"score {verdict.score:.3f} ({verdict.interval[0]:.3f} .. {verdict.interval[1]:.3f})")
    if verdict.elo is not None and verdict.elo_interval is not None:
        low, high = ("?" if end is None else f"{end:+.0f}" for end in verdict.elo_interval)
        texts.append(f"Elo {verdict.elo:+.0f} ({low} .. {high})")
    return texts


def says_the_same(said: str, text: str) -> bool:
    """Whether two wordings of evidence agree: the last digit may differ by one, for logarithms of machines do."""
    words, numbers = _NUMBER.split(text.replace("+", "")), _NUMBER.findall(text.replace("+", ""))
    others = _NUMBER.findall(said.replace("+", ""))
    if _NUMBER.split(said.replace("+", "")) != words:
        return False
    return all(map(_is_near, others, numbers))


def _is_near(one: str, other: str) -> bool:
    whole, decimals = other.replace(".", ""), len(other.partition(".")[2])
    if len(one) > _LONGEST or len(one.partition(".")[2]) != decimals:
        return False
    return abs(int(one.replace(".", "")) - int(whole)) <= (1 if decimals else 0)
