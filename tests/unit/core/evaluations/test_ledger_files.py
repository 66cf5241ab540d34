"""What files of the ledger say together."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import Evaluation, NamedOpponent, Retraction, path_of
from git_pbm.core.evaluations.ledger_files import LedgerFiles, of_pair
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import MemoryLedger
from tests.unit.core.evaluations.documents import NEW, OLD, match

FIRST, SECOND = match(1, 0, 1, day=1, log="1" * 64), match(1, 0, 1, day=2, log="2" * 64)
MIRRORED = match(1, 0, 1, day=3, log="3" * 64, model=OLD, opponent=NEW)
OTHER = match(1, 0, 1, log="4" * 64, opponent=NamedOpponent("medium", "1"))


def retraction(reason: str, date: str) -> Retraction:
    return Retraction(model=NEW, retracts=(FIRST.name,), reason=reason, date=date)


def ledger(*documents: Evaluation | Retraction) -> MemoryLedger:
    return MemoryLedger({path_of(one): one.text().encode() for one in documents})


def test_the_first_retraction_counts() -> None:
    files = LedgerFiles(ledger(FIRST, SECOND, retraction("b", "2026-11-26"), retraction("a", "2026-11-27")).changed)
    assert files.retracted[FIRST.name].reason == "b"
    assert list(files.evaluations) == [FIRST.name, SECOND.name]
    assert list(files.valid) == [SECOND.name]
    assert files.lacking == ()


def test_a_pair_is_found_in_both_folders_and_others_are_left_out() -> None:
    found = of_pair(ledger(FIRST, MIRRORED, OTHER), (NEW.key, OLD.key))
    assert list(found.evaluations) == [FIRST.name, MIRRORED.name]
    assert list(of_pair(ledger(FIRST, OTHER), (NEW.key, "medium@1")).evaluations) == [OTHER.name]


def test_what_is_not_here_is_told() -> None:
    path = path_of(FIRST)
    found = of_pair(MemoryLedger({path: Unavailable("0" * 40, path)}), (NEW.key, OLD.key))
    assert (found.lacking, dict(found.evaluations)) == ((Unavailable("0" * 40, path),), {})


def test_players_have_a_key_and_a_label() -> None:
    assert (NEW.key, NEW.label) == ("af031d72", "rl-r1-i1")
    assert (NamedOpponent("medium", "1").key, NamedOpponent("medium", "1").label) == ("medium@1", "medium@1")
