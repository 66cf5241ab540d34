"""Tags in every script of Unicode, and what only looks like a tag: refused, named, and shown inert."""

from __future__ import annotations

import os
import unicodedata

import pytest

from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.trial import Tally, flaws_of
from tests.support.tiny import tiny_policy

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"

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
