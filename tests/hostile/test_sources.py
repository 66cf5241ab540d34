"""What is handed to ``git pbm add``: files that are none, files without end, tags in every script of Unicode."""

from __future__ import annotations

import os
import socket
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.conftest import Quarry
from tests.hostile.trial import HANG, Tally, differences, fingerprint, flaws_of
from tests.support.tiny import tiny_policy

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
LIMIT = 512 << 20
"""Bytes of memory that any command may take."""


def socket_at(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(path.parent)  # the name of a socket is short
        listener.bind(path.name)
        os.chdir(here)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(tiny_policy(7))
        file.truncate(1 << 40)


def linked_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


SOURCES: dict[str, Callable[[Path], object]] = {
    "a FIFO that nobody writes": os.mkfifo,
    "a folder": os.mkdir,
    "a socket": socket_at,
    "nothing": lambda path: None,
    "an empty file": lambda path: path.write_bytes(b""),
    "a link to /dev/zero": linked_to("/dev/zero"),
    "a link to /dev/full": linked_to("/dev/full"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a process's memory": linked_to("/proc/self/mem"),
    "a file of the kernel's without a size": linked_to("/proc/self/status"),
    "a terabyte with nothing in it": sparse,
}


@pytest.mark.parametrize("what", SOURCES)
@pytest.mark.parametrize("kind", ["policy", "value"] if WHOLE else ["policy"])
def test_what_is_no_network_is_refused_in_bounded_time_and_memory(quarry: Quarry, what: str, kind: str) -> None:
    place, tally = quarry.place(), Tally()
    sources = {name: place.beside / "source" / f"{name}_v2.onnx" for name in ("policy", "value")}
    sources["policy"].parent.mkdir(exist_ok=True)
    sources["policy"].write_bytes(tiny_policy(8))
    if kind == "policy":
        sources["policy"].unlink()
    SOURCES[what](sources[kind])
    before = fingerprint(quarry.runner, place.folder)
    words = [str(sources["policy"]), *([str(sources["value"])] if kind == "value" else [])]
    outcome = quarry.runner.pbm(place.folder, "add", *words, "--tag", "supervised-v9")
    tally.count(outcome)
    tally.flaws += flaws_of(outcome)
    tally.note("hostile input", "sources of git pbm add", cases=1)
    assert not tally.flaws
    assert (outcome.status, outcome.seconds < HANG, outcome.memory < LIMIT) == (4, True, True), outcome.text
    assert not differences(before, fingerprint(quarry.runner, place.folder))


SCRIPTS = {
    "Arabic": "نموذج",
    "Armenian": "մոդել",
    "Bengali": "মডেল",
    "Cherokee": "ꮝꮎꭶ",
    "Cyrillic": "модель",
    "Devanagari": "मॉडल",
    "Ethiopic": "ሞዴል",
    "Georgian": "მოდელი",
    "Greek": "μοντέλο",
    "Gujarati": "મોડેલ",
    "Hangul": "모델",
    "Hebrew": "מודל",
    "Hiragana": "もでる",
    "Katakana": "モデル",
    "Khmer": "ម៉ូដែល",
    "Han": "模型",
    "Lao": "ແບບ",
    "Mongolian": "загвар ᠵᠠᠭᠪᠤᠷ",
    "Myanmar": "မော်ဒယ်",
    "Sinhala": "ආකෘතිය",
    "Tamil": "மாதிரி",
    "Telugu": "నమూనా",
    "Thai": "โมเดล",
    "Tibetan": "དཔེ",
    "Gothic, beyond 16 bits": "𐌼𐍉𐌳",
    "Latin with accents, composed": unicodedata.normalize("NFC", "modèle-v1"),
    "Latin with accents, decomposed": unicodedata.normalize("NFD", "modèle-v1"),
    "Cyrillic that looks Latin": "supervіsed-v1",
    "full-width Latin": "ｓｕｐｅｒｖｉｓｅｄ-v1",
    "mathematical Latin": "𝐬𝐮𝐩-v1",
    "Arabic digits": "supervised-v١",
    "a dotless i": "supervısed-v1",
    "a ligature": "ﬁne-v1",
    "written backwards": "\u202e1v-desivrepus",
    "isolated": "\u2066supervised-v1\u2069",
    "a space without width": "super\u200bvised-v1",
    "a joiner": "super\u200dvised-v1",
    "a byte-order mark": "\ufeffsupervised-v1",
    "a soft hyphen": "super\u00advised-v1",
    "a variation selector": "v1\ufe0f",
    "a flag": "🇬🇧",
    "tag characters": "v1\U000e0041",
    "a line separator": "v1\u2028v2",
    "private use": "\ue000",
    "no character at all": "\U0010ffff",
    "half a surrogate": "\udc80",
}


@pytest.mark.parametrize("script", SCRIPTS if WHOLE else list(SCRIPTS)[::6])
def test_a_tag_that_people_or_terminals_could_misread_is_refused_and_shown_inert(quarry: Quarry, script: str) -> None:
    place, tally = quarry.place(), Tally()
    policy = place.beside / "policy_v2.onnx"
    policy.write_bytes(tiny_policy(8))
    outcome = quarry.runner.pbm(place.folder, "add", str(policy), "--tag", SCRIPTS[script], "--training", "supervised")
    tally.count(outcome)
    tally.flaws += flaws_of(outcome)
    name = place.metadata(0)
    place.edit(name, lambda document: document.update(tag=SCRIPTS[script]))
    checked = quarry.runner.pbm(place.folder, "check")
    tally.count(checked)
    tally.flaws += flaws_of(checked)
    tally.note("hostile input", "tags in every script", cases=1)
    assert not tally.flaws
    assert outcome.status in (2, 4), outcome.text
    assert checked.status == 1
    assert name in checked.text
