"""``git pbm ladder``: ratings of all that played in an arena; a view, of which nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.eligibility import Recorded, matches_of
from git_pbm.core.evaluations.ladder import Entrant, Ladder, Match, default_anchor, ladder
from git_pbm.core.evaluations.ledger_files import LedgerFiles
from git_pbm.core.evaluations.policy import Arena
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.operations.evaluating.lacking import refuse_lacking
from git_pbm.operations.result import Result
from git_pbm.snapshots.ledger import GitLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderResult(Result):
    """The ratings in an arena, and the tags of the models on it."""

    arena: str
    ladder: Ladder
    tags: Mapping[str, str]
    current: str | None


def ratings(registry: Registry, ledger: GitLedger, arena: Arena, *, anchor: str | None, last: int) -> LadderResult:
    """Rate the last models that were made, and what they met.

    ``anchor`` is the id of the model at 0; None: the oldest that games connect with the current one. Raises
    ``UsageError`` for an anchor that has no game, and ``RefusedError`` where nothing was played.
    """
    files = LedgerFiles(ledger.every())
    refuse_lacking(files)
    everybody = _entrants(registry)
    entrants = everybody[-last:]
    recorded = [Recorded(name, one) for name, one in files.valid.items()]
    matches = matches_of(recorded, {}, arena, _networks(registry, recorded))
    known = {entrant.key for entrant in entrants}
    matches = [match for match in matches if known & {match.player, match.opponent}]
    if not matches:
        raise RefusedError(
            f"no match in the arena {arena.name} counts",
            "git pbm eval list shows what was recorded; git pbm eval add records a match",
            error_id=ErrorId.NOTHING_TO_DO,
        )
    return LadderResult(
        arena=arena.name,
        ladder=ladder([entrant.key for entrant in entrants], matches, _anchor(registry, entrants, matches, anchor)),
        tags={entrant.key: entrant.tag for entrant in everybody},
        current=registry.current_id,
    )


def _entrants(registry: Registry) -> list[Entrant]:
    """The models, in order of the day and the tag."""
    known = [(name, model.metadata) for name, model in registry.models.items() if model.metadata is not None]
    entrants = [Entrant(name, metadata.tag or name, str(metadata.created or "")) for name, metadata in known]
    return sorted(entrants, key=lambda entrant: (entrant.created, entrant.tag))


def _networks(registry: Registry, recorded: Sequence[Recorded]) -> dict[str, str]:
    """The digest of the networks of each model that is evaluated, where it is known here."""
    ids = {one.evaluation.model.id for one in recorded} | {one.evaluation.opponent.key for one in recorded}
    digests = {name: registry.models[name].networks_digest for name in ids if name in registry.models}
    return {name: digest for name, digest in digests.items() if isinstance(digest, str)}


def _anchor(registry: Registry, entrants: Sequence[Entrant], matches: Sequence[Match], said: str | None) -> str:
    players = {player for match in matches for player in (match.player, match.opponent)}
    if said is not None and said not in players:
        raise UsageError(f"{said} has no match that counts", "name another anchor: --anchor MODEL")
    if said is not None:
        return said
    current = registry.current_id
    start = current if current in players else matches[-1].player
    return default_anchor(entrants, matches, start)
