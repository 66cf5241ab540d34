"""``git pbm eval check``: import the files of an evaluation once more, and compare what comes of it byte for byte."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.evaluations.evaluation import Evaluation
from git_pbm.core.evaluations.importers.importing import SEATLESS
from git_pbm.core.evaluations.importers.results import Source
from git_pbm.core.evaluations.ledger_files import LedgerFiles, of_pair
from git_pbm.core.evaluations.policy import DEFAULT_ARENA, Arena
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ExitCode, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.arenas import policy_of
from git_pbm.operations.evaluating.lacking import refuse_lacking
from git_pbm.operations.evaluating.match import Match, Networks, aliases, networks_of
from git_pbm.operations.evaluating.show import find
from git_pbm.operations.evaluating.sources import beginnings, digest_of, read_source, read_sources
from git_pbm.operations.result import Result
from git_pbm.snapshots.ledger import GitLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalCheckRequest:
    """The evaluation that is checked, and the files that it is said to come from.

    ``seats`` and ``players`` are as in ``EvalRequest``: an evaluation does not record them.
    """

    evaluation: str
    sources: Sequence[str]
    logs: Sequence[str] = ()
    seats: Sequence[str] = ()
    players: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class EvalCheckResult(Result):
    """What is recorded, and what the files give today."""

    name: str
    recorded: Evaluation
    imported: Evaluation
    is_same: bool

    @property
    def differences(self) -> Mapping[str, tuple[JsonValue, JsonValue]]:
        """The fields that differ: as recorded, and as imported; None where one of them does not have it."""
        recorded, imported = self.recorded.to_json(), self.imported.to_json()
        names = dict.fromkeys([*recorded, *imported])
        pairs = {name: (recorded.get(name), imported.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        return ExitCode.OK if self.is_same else ExitCode.FINDINGS


def check_evaluation(
    repository: Repository, ledger: GitLedger, registry: Registry, request: EvalCheckRequest
) -> EvalCheckResult:
    """Import the files again. Raises ``UsageError``, ``UnverifiedError``.

    When it was played, notes, arena, settings, engine, and the names of players and files are those of the
    evaluation: the files do not decide them.
    """
    file, _ = find(ledger, request.evaluation)
    recorded = file.document
    assert isinstance(recorded, Evaluation)
    known = of_pair(ledger, (recorded.model.key, recorded.opponent.key))
    refuse_lacking(known)
    seats = request.seats or _seats_of(recorded)
    sources = [_as_recorded(one, recorded) for one in read_sources(request.sources, seats)]
    logs = [_as_recorded(read_source(path), recorded) for path in request.logs]
    match = Match(
        model=recorded.model,
        opponent=recorded.opponent,
        aliases=aliases(repository, registry, recorded.opponent, request.players),
        sources=sources,
        logs=_in_order(logs, recorded),
        arena=_arena(registry, recorded),
        networks=networks_of(registry, recorded.model.id) or _networks_in(recorded),
        format=recorded.source,
        cut_short=recorded.cut_short,
    )
    imported = _imported(match, recorded, known)
    return EvalCheckResult(file.name, recorded, imported, imported.text().encode("ascii") == file.content)


def _imported(match: Match, recorded: Evaluation, known: LedgerFiles) -> Evaluation:
    """What the files give: as recorded if that is possible, whatever part of them was in earlier evaluations."""
    first: Evaluation | None = None
    problem: UsageError | None = None
    for sources in _with_skips(match.sources, recorded, known):
        try:
            read = replace(match, sources=_in_order(sources, recorded)).read()
        except UsageError as error:
            problem = problem or error
            continue
        found = replace(recorded, **read.counts())
        if found == recorded:
            return found
        first = first or found
    if first is None:
        assert problem is not None
        raise problem
    return first


def _with_skips(sources: Sequence[Source], recorded: Evaluation, known: LedgerFiles) -> Iterator[Sequence[Source]]:
    """The sources with each beginning left out that is a log of another evaluation, the longest first."""
    others = {name: one for name, one in known.evaluations.items() if one != recorded}
    choices = [[*(replace(one, skip=size) for size in beginnings(one, others)), one] for one in sources]
    yield from itertools.product(*choices)


def _as_recorded(source: Source, recorded: Evaluation) -> Source:
    """The source as the evaluation had it: under its name there, and without what was appended since."""
    for log in recorded.logs:
        data = source.data[: log.size]
        if digest_of(data) == log.sha256:
            return replace(source, name=log.name, data=data)
    return source


def _in_order(sources: Sequence[Source], recorded: Evaluation) -> Sequence[Source]:
    places = {log.sha256: place for place, log in enumerate(recorded.logs)}
    return sorted(sources, key=lambda one: places.get(digest_of(one.data), len(places)))


def _arena(registry: Registry, recorded: Evaluation) -> Arena:
    """The arena of the evaluation; how it scores and what its logs have to say is in ``.pbm.toml`` alone."""
    arena = policy_of(registry).arenas.get(recorded.arena, DEFAULT_ARENA)
    return replace(arena, name=recorded.arena, seats=recorded.seats, config=recorded.config or {})


def _seats_of(recorded: Evaluation) -> Sequence[str]:
    """The seat to say: the only one that the evaluation has, in a format that does not say it itself."""
    return tuple(recorded.by_seat or ()) if recorded.source in SEATLESS and len(recorded.by_seat or ()) == 1 else ()


def _networks_in(recorded: Evaluation) -> Networks | None:
    """The networks of a model that was removed, as the evaluation names them."""
    return None if recorded.loaded is None else Networks(recorded.loaded.policy, recorded.loaded.value)
