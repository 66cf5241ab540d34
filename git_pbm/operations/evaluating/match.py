"""A match and the files that say what came of it: read by ``eval add``, and once more by ``eval check``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from git_pbm.core.evaluations.evaluation import EvaluatedModel, Loaded, LogFile, NamedOpponent, Outcomes
from git_pbm.core.evaluations.importers.importing import import_results
from git_pbm.core.evaluations.importers.loading import loading_proof
from git_pbm.core.evaluations.importers.results import ImportProblem, Request, Results, Side, Source
from git_pbm.core.evaluations.policy import Arena
from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.names import NetworkRole
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.sources import log_of
from git_pbm.operations.lookup import resolve

Player = EvaluatedModel | NamedOpponent


class Networks(NamedTuple):
    """The SHA-256 of a model's networks."""

    policy: str
    value: str | None


class Counts(TypedDict):
    """The fields of an evaluation that its files decide."""

    games: int
    outcomes: Outcomes
    scores: Scores
    left_over: int
    faults: int
    cut_short: bool
    logs: tuple[LogFile, ...]
    source: str
    by_seat: Mapping[str, Outcomes] | None
    seeds: tuple[int, int] | None
    loaded: Loaded | None


@dataclass(frozen=True, slots=True)
class ReadMatch:
    """What the files of a match say."""

    results: Results
    loaded: Loaded | None
    logs: tuple[LogFile, ...]

    def counts(self) -> Counts:
        """Return the fields of an evaluation that they decide."""
        return Counts(
            games=self.results.outcomes.games,
            outcomes=self.results.outcomes,
            scores=self.results.scores,
            left_over=self.results.left_over,
            faults=self.results.faults,
            cut_short=self.results.cut_short,
            logs=self.logs,
            source=self.results.source,
            by_seat=self.results.by_seat,
            seeds=self.results.seeds,
            loaded=self.loaded,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Who played, where, and the files that say what came of it.

    ``aliases`` are names in the files, and the key of the player that each means. ``networks`` are those of the
    evaluated model, None where they are not known.
    """

    model: EvaluatedModel
    opponent: Player
    aliases: Mapping[str, str]
    sources: Sequence[Source]
    logs: Sequence[Source]
    arena: Arena
    networks: Networks | None
    format: str | None
    cut_short: bool

    def read(self) -> ReadMatch:
        """Return what the files say. Raises ``UsageError`` where they cannot be imported."""
        try:
            results = import_results(self.sources, self._request())
            loaded = None
            if self.networks is not None:
                every = [*self.logs, *self.sources]
                loaded = loading_proof(every, self.arena.loaded, self.arena.refuse, *self.networks)
        except ImportProblem as problem:
            raise UsageError(str(problem), problem.remedy, error_id=ErrorId.UNUSABLE_RESULTS) from problem
        return ReadMatch(results, loaded, tuple(map(log_of, (*self.sources, *self.logs))))

    def _request(self) -> Request:
        return Request(
            model=self._side(self.model),
            opponent=self._side(self.opponent),
            seats=self.arena.seats,
            scoring=self.arena.scoring,
            format=self.format,
            cut_short=self.cut_short,
        )

    def _side(self, player: Player) -> Side:
        """What a player is called in the files."""
        names = (player.name,) if isinstance(player, NamedOpponent) else (player.id, player.tag)
        return Side(names, tuple(name for name, key in self.aliases.items() if key == player.key))


def aliases(repository: Repository, registry: Registry, opponent: Player, said: Sequence[str]) -> dict[str, str]:
    """Return whom each ``--player NAME=MODEL`` means: a model's id, or the key of another program."""
    found = {}
    for name, whom in map(_split, said):
        if isinstance(opponent, NamedOpponent) and whom in (opponent.key, opponent.name):
            found[name] = opponent.key
        else:
            found[name] = resolve(repository, registry, whom)
    return found


def _split(said: str) -> tuple[str, str]:
    name, equals, whom = said.rpartition("=")
    if not (name and equals and whom):
        raise UsageError(f"--player {said}: not NAME=MODEL", "NAME is what the log calls it")
    return name, whom


def networks_of(registry: Registry, model_id: str) -> Networks | None:
    """Return the digests of a model's networks; None where the registry or this clone does not have its policy."""
    model = registry.models.get(model_id)
    if model is None:
        return None
    names = {role: model.network(role) for role in NetworkRole}
    facts = {role: model.facts(name) for role, name in names.items() if name is not None}
    digests = {role: one.sha256 for role, one in facts.items() if isinstance(one, Facts)}
    policy = digests.get(NetworkRole.POLICY)
    return None if policy is None else Networks(policy, digests.get(NetworkRole.VALUE))
