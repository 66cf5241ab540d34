"""Single-bit flips over all tracked bytes of a small registry: ``check --rehash`` names each, or for a reason nothing.

What is covered: every byte of every network (the directory's name, metadata's ``hash`` and ``files``), every byte of
``registry.json`` that says something (it must repeat the metadata), the target of ``current``, the block of the
README, and every field of the metadata that says who a model is or where it comes from. A flip may pass in

- ``notes``, ``params``, ``best_epoch``, ``best_loss``, ``entropy``, ``kl``, ``supervised_mix`` and a person's own
  fields: nothing else in the tree repeats them, and they may change. ``check --range`` shows which commit did it.
- the *name* of one of the optional fields ``round``, ``iteration`` and ``files``: misspelt, it is a field of a
  person's own. The tag still says round and iteration; a ``files`` that is gone is a change that ``check --range``
  refuses (``models-are-immutable``).
- the white space of a JSON document: it says nothing.
- the README outside its block, ``.gitattributes``, ``.gitignore`` and whatever else is there: that is the user's own.
  A flip in ``.gitattributes`` that lets git convert a network is named by ``onnx-is-binary``.

Git itself names a flip inside its own object files (``git fsck``), and so does whatever reads them.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.place import Place
from tests.robustness.hostile.trial import flaws_of
from tests.support.figures import record

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
FLIPS = 1000 if WHOLE else 36
SEED = 20260220
FREE = ("notes", "params", "best_epoch", "best_loss", "entropy", "kl", "supervised_mix", "mine")
"""Fields of the metadata that nothing else in the tree repeats."""
OPTIONAL = ("round", "iteration", "files")
BEGIN, END = b"<!-- git-pbm:models -->", b"<!-- /git-pbm:models -->"


@dataclass(frozen=True)
class Flip:
    """One bit of one tracked file (of a link: of its target)."""

    path: str
    place: int
    bit: int


def tracked(place: Place) -> dict[str, bytes]:
    """The bytes of every tracked file, and the targets of links."""
    found = {}
    for name in place.git("ls-files", "-z").decode().split("\0")[:-1]:
        full = place.folder / name
        found[name] = os.fsencode(os.readlink(full)) if full.is_symlink() else full.read_bytes()
    return found


def flips(files: dict[str, bytes], count: int) -> Iterator[Flip]:
    """Spread over files first, so that a short document has its share beside large networks."""
    chance = random.Random(SEED)
    names = sorted(files)
    for number in range(count):
        name = names[number % len(names)]
        yield Flip(name, chance.randrange(len(files[name])), chance.randrange(8))


def flipped(data: bytes, flip: Flip) -> bytes:
    changed = bytearray(data)
    changed[flip.place] ^= 1 << flip.bit
    return bytes(changed)


def may_pass(flip: Flip, before: bytes, after: bytes) -> bool:
    """Whether a flip is in what nobody vouches for; everything else must be named."""
    if flip.path.endswith(".onnx") or flip.path == "current":
        return False
    if flip.path == "README.md":
        start, end = before.index(BEGIN), before.index(END) + len(END)
        return not start + len(BEGIN) <= flip.place < end - len(END)  # a broken marker makes it a README without one
    if flip.path.endswith(".json"):
        return _says_the_same(before, after)
    return True


def _says_the_same(before: bytes, after: bytes) -> bool:
    try:
        old, new = json.loads(before), json.loads(after)
    except ValueError:
        return False
    if not isinstance(new, dict):
        return False
    # a field whose name is misspelt by the flip is gone, and another one is there
    gone, fresh = set(old) - set(new), set(new) - set(old)
    unvouched = {*FREE, *OPTIONAL} if fresh else set(FREE)
    return gone <= unvouched and all(old[key] == new[key] for key in set(old) & set(new) if key not in FREE)


def write(place: Place, path: str, content: bytes) -> bool:
    """Put bytes at a path as they are; False where no file system takes such a link."""
    if path != "current":
        place.write(path, content)
        return True
    if b"\0" in content:
        return False
    place.link(path, content)
    return True


@pytest.fixture
def described(quarry: Quarry) -> Place:
    """A registry whose models have every field."""
    place = quarry.place()
    numbers = ("--best-epoch", "7", "--best-loss", "1.5", "--entropy", "0.25", "--kl", "0.125")
    outcome = quarry.runner.pbm(place.folder, "annotate", "current", "--notes", "strong in the opening", *numbers)
    assert outcome.status == 0, outcome.text
    return place


def test_each_bit_flip_is_named_or_is_in_free_text(quarry: Quarry, described: Place) -> None:
    files = tracked(described)
    assert {"current", "registry.json", "README.md", ".gitattributes"} < files.keys()
    missed, passed, tried = [], 0, 0
    for flip in flips(files, FLIPS):
        before = files[flip.path]
        after = flipped(before, flip)
        if not write(described, flip.path, after):
            continue
        tried += 1
        outcome = quarry.runner.pbm(described.folder, "check", "--rehash")
        assert not flaws_of(outcome), (flip, flaws_of(outcome))
        is_named = outcome.status != 0 and flip.path.split("/")[0] in outcome.text
        passed += not is_named
        if not is_named and not may_pass(flip, before, after):
            missed.append((flip, after[max(0, flip.place - 30) : flip.place + 30], outcome.text))
        write(described, flip.path, before)
    record(
        "bit flips",
        "check --rehash",
        tried=tried,
        named=tried - passed,
        in_free_text=passed - len(missed),
        missed=len(missed),
    )
    assert tried > FLIPS * 0.9
    assert passed < tried * 0.6
    assert not missed, "\n".join(map(str, missed))
