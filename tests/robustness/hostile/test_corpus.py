"""Every case of the corpus against the command set: no traceback, no hang, no escape sequence, nothing changed by a
refusal, 512 MB at most. A short form takes two commands of a sixth of the cases; ``make test-faults`` takes all
cases, each with another quarter of the commands as an edit and as a commit; with ``PBM_WHOLE_CORPUS=true`` all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.robustness.hostile.case import Case
from tests.robustness.hostile.commands import CHANGING, READING, words_of
from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.corpus import CASES, family_of
from tests.robustness.hostile.place import Place
from tests.robustness.hostile.trial import Outcome, Tally, differences, fingerprint, flaws_of

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
STEP = int(os.environ.get("PBM_SWEEP_STEP", "1"))
HEAVY = ("300 MB", "100,000 models", "70 MB", "40 MiB", "20 MB", "4 GiB", "10 MB", "1,000 deep", "1 MB", "200,000")
"""Cases that take seconds, however few commands are run."""
UNCOMMITTABLE = ("FIFO", "4 GiB", "2,500 deep", "/dev/zero")


def shown(case: Case) -> bool:
    """Whether the short form has the case: a sixth of them, always the same ones."""
    return WHOLE or (crc32(case.name.encode()) % 6 == 0 and not any(word in case.name for word in HEAVY))


@pytest.fixture
def tally() -> Iterator[Tally]:
    counted = Tally()
    yield counted
    counted.note("hostile input", "the corpus, each case in a fresh registry", cases=1)


def commands_of(case: Case, kind: tuple[str, ...], every: int) -> list[str]:
    """Every fifth of them (all with ``PBM_SWEEP_STEP=1``), for the short form one or so; others for each case."""
    every = min(STEP, 5) if WHOLE else every
    return [line for line in kind if crc32(f"{case.name} {line}".encode()) % every == 0]


def spoilt(quarry: Quarry, case: Case, committed: bool) -> Place:
    place = quarry.place()
    case.spoil(place)
    if committed and not case.committed:
        place.commit_all()
    return place


def try_all(quarry: Quarry, case: Case, tally: Tally, *, committed: bool) -> list[str]:
    """Let the commands loose on a case; returns what is wrong with what they did."""
    place = spoilt(quarry, case, committed)
    before = fingerprint(quarry.runner, place.folder)
    wrong: list[str] = []

    def note(outcome: Outcome, flaws: list[str]) -> None:
        tally.count(outcome)
        wrong.extend(f"git pbm {' '.join(outcome.words)}: {flaw}" for flaw in flaws)

    for line in commands_of(case, READING, len(READING)):
        outcome = quarry.runner.pbm(place.folder, *words_of(line, place.ids))
        note(outcome, flaws_of(outcome))
    checked = quarry.runner.pbm(place.folder, "check", *(("--rev", "HEAD") if committed else ()))
    missed = [f"{case.finds} was not found"] if committed and case.finds and case.finds not in checked.text else []
    note(checked, flaws_of(checked) + missed)
    wrong += [f"reading changed {name}" for name in differences(before, fingerprint(quarry.runner, place.folder))]
    for line in commands_of(case, CHANGING, len(CHANGING)):
        outcome = quarry.runner.pbm(place.folder, *words_of(line, place.ids))
        changed = differences(before, fingerprint(quarry.runner, place.folder))
        is_refusal = outcome.status in (1, 2, 3, 4, 128)
        note(outcome, flaws_of(outcome) + ([f"refused, but changed {changed}"] if is_refusal and changed else []))
        if changed:
            place.discard()
            place = spoilt(quarry, case, committed)
            before = fingerprint(quarry.runner, place.folder)
    place.discard()
    return wrong


@pytest.mark.parametrize("case", [case for case in CASES if shown(case)], ids=lambda case: str(case.name))
def test_no_command_is_hurt_by(quarry: Quarry, case: Case) -> None:
    tally, wrong = Tally(), list[str]()
    is_committable = not any(word in case.name for word in UNCOMMITTABLE)
    if not case.committed and (WHOLE or not is_committable):
        wrong += try_all(quarry, case, tally, committed=False)
    if is_committable:
        wrong += try_all(quarry, case, tally, committed=True)
    tally.flaws += wrong
    tally.note("hostile input", family_of(case.name), cases=1)
    assert not wrong, "\n".join(wrong)
