"""``git pbm eval add``: import the results of a match, as one file and one commit."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from git_pbm.core.documents.commit_message import evaluated
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, Loaded, NamedOpponent, path_of
from git_pbm.core.evaluations.evaluation_reader import is_line, is_time
from git_pbm.core.evaluations.importers.importing import CUMULATIVE, import_results
from git_pbm.core.evaluations.importers.loading import loading_proof
from git_pbm.core.evaluations.importers.results import ImportProblem, Request, Results, Side, Source
from git_pbm.core.evaluations.ledger_files import LedgerFiles, of_pair
from git_pbm.core.evaluations.policy import Arena
from git_pbm.core.evaluations.sums import has_counts_of
from git_pbm.core.names import NetworkRole
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UnverifiedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.arenas import arena_of
from git_pbm.operations.evaluating.change import LedgerWrite, record
from git_pbm.operations.evaluating.engines import engine_in
from git_pbm.operations.evaluating.lacking import refuse_lacking
from git_pbm.operations.evaluating.sources import log_of, read_source, refuse_used, with_same_sources, without_known
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
    sources, logs = _seated(request), [read_source(path) for path in request.logs]
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
        meant = _meant(repository, registry, opponent, request.players)
        match = _Match(
            registry=registry,
            request=request,
            model=model,
            opponent=opponent,
            sources=[without_known(source, known.valid) for source in sources],
            logs=logs,
            arena=arena_of(registry, request.arena),
            meant=meant,
        )
        evaluation = match.evaluation()
        _refuse_retracted(known, evaluation)
        _refuse_sum_of_known(known, evaluation)
        message = evaluated(model.label, model.id, opponent.label)
        changed, planned = record(uow, evaluation, message)
        return EvalAddResult(evaluation=evaluation, path=path_of(evaluation), changed=changed, planned=planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """A match that is to be imported: who played, where, and the files that say so."""

    registry: Registry
    request: EvalRequest
    model: EvaluatedModel
    opponent: EvaluatedModel | NamedOpponent
    sources: Sequence[Source]
    logs: Sequence[Source]
    arena: Arena
    meant: Mapping[str, str]

    def evaluation(self) -> Evaluation:
        """Return what the match came to. Raises ``UsageError`` where the files cannot be imported."""
        try:
            results = import_results(self.sources, self._sides())
            loaded = self._loaded()
        except ImportProblem as problem:
            raise UsageError(str(problem), problem.remedy, error_id=ErrorId.UNUSABLE_RESULTS) from problem
        started, ended = _times(results, self.request.ended)
        return Evaluation(
            arena=self.arena.name,
            model=self.model,
            opponent=self.opponent,
            games=results.outcomes.games,
            outcomes=results.outcomes,
            scores=results.scores,
            left_over=results.left_over,
            faults=results.faults,
            cut_short=results.cut_short,
            logs=tuple(map(log_of, (*self.sources, *self.logs))),
            source=results.source,
            started=started,
            ended=ended,
            by_seat=results.by_seat,
            engine=engine_in(self.request.engine) if self.request.engine is not None else None,
            config=self.arena.config or None,
            seeds=results.seeds,
            loaded=loaded,
            notes=self.request.notes,
        )

    def _sides(self) -> Request:
        return Request(
            model=_side(self.model, self.meant),
            opponent=_side(self.opponent, self.meant),
            seats=self.arena.seats,
            scoring=self.arena.scoring,
            format=self.request.format,
            cut_short=self.request.cut_short,
        )

    def _loaded(self) -> Loaded | None:
        """What the logs prove about the loading of the evaluated model."""
        found = self.registry.models[self.model.id]
        names = {role: found.network(role) for role in NetworkRole}
        facts = {role: found.facts(name) for role, name in names.items() if name is not None}
        digests = {role: one.sha256 for role, one in facts.items() if isinstance(one, Facts)}
        if NetworkRole.POLICY not in digests:
            return None
        policy, value = digests[NetworkRole.POLICY], digests.get(NetworkRole.VALUE)
        return loading_proof([*self.logs, *self.sources], self.arena.loaded, self.arena.refuse, policy, value)


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


def evaluated_model(registry: Registry, model_id: str) -> EvaluatedModel:
    """Return a model as it plays: its id, its tag, and the digest of its networks."""
    model = registry.models[model_id]
    digest = model.networks_digest
    if isinstance(digest, Unavailable):
        raise UnverifiedError(
            f"{digest.path} is not in this clone, so its digest is not known",
            "get it: git pbm check --rev HEAD --fetch",
            error_id=ErrorId.CONTENT_MISSING,
        )
    tag = model.metadata.tag if model.metadata is not None and model.metadata.tag else model_id
    return EvaluatedModel(model_id, tag, digest)


def _opponent(repository: Repository, registry: Registry, text: str) -> EvaluatedModel | NamedOpponent:
    name, at, version = text.partition("@")
    if at and not version.startswith("{"):
        if not is_line(name) or not is_line(version):
            raise UsageError(f"{text}: not NAME@VERSION", "for example: --against medium@1.2")
        return NamedOpponent(name, version)
    return evaluated_model(registry, resolve(repository, registry, text))


def _side(player: EvaluatedModel | NamedOpponent, meant: Mapping[str, str]) -> Side:
    """What a player is called in logs; ``meant`` are further names, and whom each means."""
    names = (player.name,) if isinstance(player, NamedOpponent) else (player.id, player.tag)
    return Side(names, tuple(name for name, key in meant.items() if key == player.key))


def _meant(
    repository: Repository, registry: Registry, opponent: EvaluatedModel | NamedOpponent, said: Sequence[str]
) -> dict[str, str]:
    """Whom each ``--player NAME=MODEL`` means: a model's id, or the key of another program."""
    meant = {}
    for name, whom in map(_split, said):
        if isinstance(opponent, NamedOpponent) and whom in (opponent.key, opponent.name):
            meant[name] = opponent.key
        else:
            meant[name] = resolve(repository, registry, whom)
    return meant


def _split(said: str) -> tuple[str, str]:
    name, equals, whom = said.rpartition("=")
    if not (name and equals and whom):
        raise UsageError(f"--player {said}: not NAME=MODEL", "NAME is what the log calls it")
    return name, whom


def _seated(request: EvalRequest) -> list[Source]:
    """The sources, each with the seat that the model had there, where that is said."""
    sources = [read_source(path) for path in request.sources]
    seats = request.seats if len(request.seats) > 1 else [*request.seats] * len(sources)
    return [replace(source, seat=seat) for source, seat in zip(sources, seats, strict=True)] if seats else sources


def _check(request: EvalRequest) -> None:
    if len(request.seats) > 1 and len(request.seats) != len(request.sources):
        raise UsageError(
            f"--seat {len(request.seats)} times, and --from {len(request.sources)} times",
            "give one --seat for all files, or one for each, in the same order",
        )
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
