"""``git pbm eval add``: import the results of a match, as one file and one commit."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import evaluated
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, Loaded, LogFile, NamedOpponent, path_of
from git_pbm.core.evaluations.evaluation_reader import is_line, is_time
from git_pbm.core.evaluations.importers.importing import import_results
from git_pbm.core.evaluations.importers.loading import loading_proof
from git_pbm.core.evaluations.importers.results import ImportProblem, Request, Results, Side, Source
from git_pbm.core.evaluations.policy import Arena
from git_pbm.core.names import NetworkRole
from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UnverifiedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.arenas import arena_of
from git_pbm.operations.evaluating.engines import engine_in
from git_pbm.operations.evaluating.ledger_files import of_pair, refuse_unreadable
from git_pbm.operations.lookup import resolve
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, CommitResult, UnitOfWork

SOURCE_LIMIT = 256 << 20
"""Bytes of a source or a log: the headers of 500,000 games."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRequest:
    """Whose results are to be imported, and from which files.

    ``opponent`` is a MODEL, or ``NAME@VERSION`` for a program that is no model. ``players`` are ``NAME=MODEL``.
    """

    model: str
    opponent: str
    sources: Sequence[str]
    logs: Sequence[str] = ()
    format: str | None = None
    arena: str | None = None
    engine: str | None = None
    players: Sequence[str] = ()
    ended: str | None = None
    cut_short: bool = False
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalAddResult(Result):
    """The evaluation, its path, and the change, or only its plan; neither where the registry has these results."""

    evaluation: Evaluation
    path: str
    changed: CommitResult | None = None
    planned: Plan | None = None

    @property
    def done(self) -> str | None:
        """What was committed; None where nothing was."""
        return self.changed.done if self.changed is not None else None


def add_evaluation(repository: Repository, request: EvalRequest, options: ChangeOptions) -> EvalAddResult:
    """Import results. Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed."""
    _check(request)
    sources = [_read(path) for path in request.sources]
    logs = [_read(path) for path in request.logs]
    with UnitOfWork.begin(repository, "eval add", options) as uow:
        registry = uow.registry
        model = evaluated_model(registry, resolve(repository, registry, request.model))
        opponent = _opponent(repository, registry, request.opponent)
        if opponent.key == model.key:
            raise UsageError(
                f"{model.tag} ({model.id}) against itself says nothing", "name the opponent: --against MODEL"
            )
        arena = arena_of(registry, request.arena)
        known = of_pair(registry, model, opponent)
        refuse_unreadable(known)
        there = _with_same_sources(known.evaluations, sources)
        if there is not None:
            return EvalAddResult(evaluation=there, path=path_of(there))
        grown = [_without_known(source, known.evaluations) for source in sources]
        meant = _meant(repository, registry, opponent, request.players)
        sides = Request(
            model=_side(model, meant),
            opponent=_side(opponent, meant),
            seats=arena.seats,
            format=request.format,
            cut_short=request.cut_short,
        )
        try:
            results = import_results(grown, sides)
            loaded = _loaded(registry, model, [*logs, *sources], arena)
        except ImportProblem as problem:
            raise UsageError(str(problem), problem.remedy, error_id=ErrorId.UNUSABLE_RESULTS) from problem
        started, ended = _times(results, request.ended)
        evaluation = Evaluation(
            arena=arena.name,
            model=model,
            opponent=opponent,
            games=results.outcomes.games,
            outcomes=results.outcomes,
            scores=results.scores,
            left_over=results.left_over,
            faults=results.faults,
            cut_short=results.cut_short,
            logs=tuple(_log_of(one) for one in [*sources, *logs]),
            source=results.source,
            started=started,
            ended=ended,
            by_seat=results.by_seat,
            engine=engine_in(request.engine) if request.engine is not None else None,
            config=arena.config or None,
            seeds=results.seeds,
            loaded=loaded,
            notes=request.notes,
        )
        return _made(uow, evaluation)


def _made(uow: UnitOfWork, evaluation: Evaluation) -> EvalAddResult:
    opponent = evaluation.opponent
    against = opponent.tag if isinstance(opponent, EvaluatedModel) else opponent.key
    path = path_of(evaluation)
    plan = Plan(
        (WriteText(path, evaluation.text().encode("ascii")),),
        evaluated(evaluation.model.tag, evaluation.model.id, against),
    )
    if uow.options.preview:
        uow.preview(plan)
        return EvalAddResult(evaluation=evaluation, path=path, planned=plan)
    return EvalAddResult(evaluation=evaluation, path=path, changed=uow.make(plan))


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
    """Whom each ``--player NAME=MODEL`` means: a model's id, or what an opponent that is no model is called."""
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


def _check(request: EvalRequest) -> None:
    if request.ended is not None and not is_time(_as_time(request.ended)):
        raise UsageError(f"--ended {request.ended}: not a time", "write 2026-11-25T09:40:11Z, or 2026-11-25")
    if request.notes is not None and not request.notes:
        raise UsageError("--notes is empty", "leave it out")


def _read(path: str) -> Source:
    try:
        if os.path.getsize(path) > SOURCE_LIMIT or not os.path.isfile(path):
            raise RefusedError(
                f"{path} is not a file of at most {SOURCE_LIMIT >> 20} MiB",
                "import the results in parts, a file for each",
                error_id=ErrorId.UNUSABLE_RESULTS,
            )
        with open(path, "rb") as file:
            return Source(os.path.basename(path), file.read(SOURCE_LIMIT))
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", "name the file that has the results", error_id=ErrorId.NO_SUCH_FILE
        ) from error


def _log_of(source: Source) -> LogFile:
    return LogFile(source.name, hashlib.sha256(source.data).hexdigest(), len(source.data))


def _with_same_sources(known: Sequence[Evaluation], sources: Sequence[Source]) -> Evaluation | None:
    """The evaluation of the pair that has all of these sources already."""
    digests = {hashlib.sha256(source.data).hexdigest() for source in sources}
    return next((one for one in known if digests <= {log.sha256 for log in one.logs}), None)


def _without_known(source: Source, known: Sequence[Evaluation]) -> Source:
    """A source whose beginning is the log of an earlier evaluation: match programs append to one file."""
    sizes = {(log.size, log.sha256) for one in known for log in one.logs if 0 < log.size < len(source.data)}
    for size, digest in sorted(sizes, reverse=True):
        if hashlib.sha256(source.data[:size]).hexdigest() == digest:
            return Source(source.name, source.data, size)
    return source


def _loaded(registry: Registry, model: EvaluatedModel, logs: Sequence[Source], arena: Arena) -> Loaded | None:
    found = registry.models[model.id]
    digests: dict[NetworkRole, str | None] = {}
    for role in NetworkRole:
        name = found.network(role)
        facts = found.facts(name) if name is not None else None
        digests[role] = facts.sha256 if isinstance(facts, Facts) else None
    policy = digests[NetworkRole.POLICY]
    if policy is None:
        return None
    return loading_proof(logs, arena.loaded, arena.refuse, policy, digests[NetworkRole.VALUE])


def _times(results: Results, said: str | None) -> tuple[str, str]:
    """When the match began and ended: as the sources say, as a person says, or now."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    ended = _as_time(said) if said is not None else results.ended or now
    started = results.started or ended
    return min(started, ended), ended


def _as_time(text: str) -> str:
    return f"{text}T00:00:00Z" if len(text) == len("2026-11-25") and is_calendar_day(text) else text
