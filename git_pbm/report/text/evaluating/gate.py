"""What the gate says, as text: the verdict, what it rests on, and what to do next."""

from __future__ import annotations

from git_pbm.core.evaluations.gate import estimate_texts, gate_text
from git_pbm.core.evaluations.policy import Sprt
from git_pbm.core.evaluations.verdict import Decision, Verdict
from git_pbm.operations.evaluating.gate import GateResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled
from git_pbm.report.text import write

_STYLES = {Decision.ACCEPTED: "strong", Decision.REJECTED: "error", Decision.INVALID: "error"}


@write.register
def write_gate(result: GateResult) -> None:
    """Print one fact a line, the verdict first."""
    candidate, baseline = result.candidate, result.baseline
    decision = styled(result.decision.value, _STYLES.get(result.decision, "warning"))
    verdict = result.verdict
    why = f": {sanitize(verdict.reason)}" if verdict is not None and verdict.reason else ""
    print_data(f"verdict    {decision}{why}")
    print_data(f"candidate  {sanitize(candidate.tag)} ({candidate.id})")
    print_data(f"against    {sanitize(baseline.tag)} ({baseline.id})")
    print_data(f"gate       {gate_text(result.gate)}{_fewest(result)}")
    if verdict is not None:
        _write_verdict(verdict)
    _write_tried(result)
    for line in _next(result):
        print_message(line)


def _fewest(result: GateResult) -> str:
    test = result.gate.test
    return f", {test.units} units or more" if isinstance(test, Sprt) else ""


def _write_verdict(verdict: Verdict) -> None:
    won = verdict.outcomes
    units = f" in {verdict.units} units" if verdict.units != verdict.games else ""
    print_data(f"games      {verdict.games}{units}: {won.win} won, {won.draw} drawn, {won.loss} lost")
    for text in estimate_texts(verdict):
        name, _, rest = text.partition(" ")
        print_data(f"{name.lower():<11}{rest}")
    if verdict.llr is not None and verdict.bounds is not None:
        low, high = verdict.bounds
        print_data(f"LLR        {verdict.llr:.2f} (rejected at {low:.2f}, accepted at {high:.2f})")
    llrs = {step.name: f", LLR {step.llr:.2f} with it" for step in verdict.path}
    for name in verdict.counted:
        print_data(f"counted    {name}{llrs.get(name, '')}")
    for one in verdict.left_out:
        print_data(f"left out   {one.name}: {sanitize(one.why)}")


def _write_tried(result: GateResult) -> None:
    tried, test = result.candidates_tried, result.gate.test
    if tried > 1:
        chance = f"; by chance alone up to {min(1.0, tried * test.alpha):.2f} pass" if isinstance(test, Sprt) else ""
        print_data(f"tried      {tried} candidates against {sanitize(result.baseline.tag)}{chance}")


def _next(result: GateResult) -> list[str]:
    """What to do: each verdict has its own next step."""
    verdict, candidate = result.verdict, result.candidate.id
    add = f"git pbm eval add {candidate} --against {result.baseline.id} --from FILE"
    match result.decision:
        case Decision.ACCEPTED:
            return [
                "the interval is of the match that decided, so it is a little too high",
                f"next: git pbm promote {candidate}",
            ]
        case Decision.UNDECIDED:
            return [f"{_pace(verdict)}; play on and record them: {add}"]
        case Decision.REJECTED:
            return ["a rejection is final for these two models: train on, and add the next model"]
        case Decision.INVALID:
            return [f"retract what is wrong: git pbm eval retract EVAL --why TEXT; git pbm eval list {candidate}"]
    return []


def _pace(verdict: Verdict | None) -> str:
    if verdict is None or verdict.games == 0:
        return "no game counts yet"
    if verdict.games_left is None:
        return "it is not ahead"
    return f"about {verdict.games_left} games more at this pace"
