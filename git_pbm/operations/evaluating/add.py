"""``git pbm eval add``: import the results of a match, as one file and one commit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import evaluated
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, NamedOpponent, path_of
from git_pbm.core.evaluations.evaluation_reader import is_line, is_time
from git_pbm.core.evaluations.importers.importing import CUMULATIVE
from git_pbm.core.evaluations.importers.results import Results
from git_pbm.core.evaluations.ledger_files import LedgerFiles, of_pair
from git_pbm.core.evaluations.sums import has_counts_of
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.arenas import arena_of
from git_pbm.operations.evaluating.change import LedgerWrite, record
from git_pbm.operations.evaluating.engines import engine_in
from git_pbm.operations.evaluating.lacking import refuse_lacking
from git_pbm.operations.evaluating.match import Match, aliases, networks_of
from git_pbm.operations.evaluating.sources import (
    read_source,
    read_sources,
    refuse_used,
    with_same_sources,
    without_known,
)
from git_pbm.operations.gate import evaluated_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork
from git_pbm.snapshots.ledger import latest_end, time_text

_DAY = len("2026-11-25")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRequest:
    """Whose results are to be imported, and from which files.

    ``opponent`` is a MODEL, or ``NAME@VERSION`` of another program. ``players`` are ``NAME=MODEL``.
    """

    model: str
    opponent: str
    sources: Sequence[str]
    logs: Sequence[str] = ()
    format: str | None = None
    seats: Sequence[str] = ()
    """Where the model sat: in all sources, or in each of them; of a format that does not say it."""
    arena: str | None = None
    engine: str | None = None
    players: Sequence[str] = ()
    ended: str | None = None
    cut_short: bool = False
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalAddResult(LedgerWrite, Result):
    """The evaluation, also where the registry has these results already."""

    evaluation: Evaluation


def add_evaluation(repository: Repository, request: EvalRequest, options: ChangeOptions) -> EvalAddResult:
    """Import results. Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed."""
    _check(request)
    sources, logs = read_sources(request.sources, request.seats), [read_source(path) for path in request.logs]
    with UnitOfWork.begin(repository, "eval add", options) as uow:
        registry = uow.registry
        model = evaluated_model(registry, resolve(repository, registry, request.model))
        opponent = _opponent(repository, registry, request.opponent)
        if opponent.key == model.key:
            raise UsageError(f"{model.label} ({model.id}) does not play itself", "name the opponent: --against MODEL")
        known = of_pair(registry.ledger, (model.key, opponent.key))
        refuse_lacking(known)
        there = with_same_sources(known.valid, sources)
        if there is not None:
            return EvalAddResult(evaluation=there, path=path_of(there))
        refuse_used(known.valid, [*sources, *logs])
        arena = arena_of(registry, request.arena)
        match = Match(
            model=model,
            opponent=opponent,
            aliases=aliases(repository, registry, opponent, request.players),
            sources=[without_known(source, known.valid) for source in sources],
            logs=logs,
            arena=arena,
            networks=networks_of(registry, model.id),
            format=request.format,
            cut_short=request.cut_short,
        )
        read = match.read()
        started, ended = _times(read.results, request.ended)
        evaluation = Evaluation(
            arena=arena.name,
            model=model,
            opponent=opponent,
            **read.counts(),
            started=started,
            ended=ended,
            engine=engine_in(request.engine) if request.engine is not None else None,
            config=arena.config or None,
            notes=request.notes,
        )
        _refuse_retracted(known, evaluation)
        _refuse_sum_of_known(known, evaluation)
        message = evaluated(model.label, model.id, opponent.label)
        changed, planned = record(uow, evaluation, message)
        return EvalAddResult(evaluation=evaluation, path=path_of(evaluation), changed=changed, planned=planned)


def _refuse_retracted(known: LedgerFiles, evaluation: Evaluation) -> None:
    """Raise where these very results, with everything that was said of them, are there and retracted."""
    retraction = known.retracted.get(evaluation.name)
    if retraction is not None:
        raise RefusedError(
            f"{evaluation.name} has these results, and was retracted: {retraction.reason}",
            "what differs makes it another evaluation: --arena NAME, --notes TEXT",
            error_id=ErrorId.UNUSABLE_RESULTS,
        )


def _refuse_sum_of_known(known: LedgerFiles, evaluation: Evaluation) -> None:
    """Raise where a sum may have the games of an evaluation in it: sums grow, and games count once."""
    if evaluation.source not in CUMULATIVE:
        return
    for name, one in known.valid.items():
        if one.source in CUMULATIVE and has_counts_of(evaluation, one):
            raise RefusedError(
                f"these {evaluation.games} games may have the {one.games} of {name} in them",
                f"retract that one first: git pbm eval retract {name} --why TEXT",
                error_id=ErrorId.UNUSABLE_RESULTS,
            )


def _opponent(repository: Repository, registry: Registry, text: str) -> EvaluatedModel | NamedOpponent:
    name, at, version = text.partition("@")
    if at and not version.startswith("{"):
        if not is_line(name) or not is_line(version):
            raise UsageError(f"{text}: not NAME@VERSION", "for example: --against medium@1.2")
        return NamedOpponent(name, version)
    return evaluated_model(registry, resolve(repository, registry, text))


def _check(request: EvalRequest) -> None:
    if request.ended is not None and not is_time(_as_time(request.ended)):
        raise UsageError(f"--ended {request.ended}: not a time", "write 2026-11-25T09:40:11Z, or 2026-11-25")
    if request.notes is not None and not request.notes:
        raise UsageError("--notes is empty", "leave it out")


def _times(results: Results, said: str | None) -> tuple[str, str]:
    """When the match began and ended: as a person says, as the sources say, or now.

    Raises ``UsageError`` for an end more than a day from now: the commit would be refused.
    """
    now = int(time.time())
    ended = _as_time(said) if said is not None else results.ended or time_text(now)
    if ended > latest_end(now):
        raise UsageError(f"the match ended at {ended}, which is to come", "say when it ended: --ended TIME")
    return min(results.started or ended, ended), ended


def _as_time(text: str) -> str:
    return f"{text}T00:00:00Z" if len(text) == _DAY and is_calendar_day(text) else text
