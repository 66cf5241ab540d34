"""Names: ids, tags, file names and paths against hostile text; counts as people write them."""

from __future__ import annotations

import re
import sys
import unicodedata
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from git_pbm.core.names import (
    NetworkRole,
    Role,
    count_as_text,
    current_target_id,
    has_role,
    hinted_role,
    is_hash,
    is_id,
    is_supervised_tag,
    metadata_path,
    model_path,
    network_kind,
    network_name,
    rl_numbers,
    role_of,
    tag_problem,
)

IDS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)


@pytest.mark.parametrize(
    "tag", ["a", "0", "caf", "123", "supervised-v3", "rl-r2-i1", "currently", "a.locks", "a.b_c-", "cafe-1", "x" * 64]
)
def test_good_tags_pass(tag: str) -> None:
    assert tag_problem(tag) is None


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("", "1 to 64"),
        ("x" * 65, "1 to 64"),
        ("Big", "1 to 64"),
        ("-x", "1 to 64"),
        (".x", "1 to 64"),
        ("a b", "1 to 64"),
        ("a/b", "1 to 64"),
        ("a\n", "1 to 64"),
        ("a\r", "1 to 64"),
        ("a\0", "1 to 64"),
        ("a\x1b[2J", "1 to 64"),
        ("a\u202eb", "1 to 64"),
        ("a\u2028", "1 to 64"),
        ("x²", "1 to 64"),
        ("v٣", "1 to 64"),
        ("ｖ1", "1 to 64"),
        ("\u017f", "1 to 64"),
        ("a\u0301", "1 to 64"),
        ("\ud800", "1 to 64"),
        ("a..b", "A..B"),
        ("x.lock", "lock"),
        ("current", "promoted"),
        ("cafe", "id"),
        ("2024", "id"),
        ("0123456789abcdef", "id"),
    ],
)
def test_bad_tags_are_refused_with_the_reason(tag: str, words: str) -> None:
    assert words in (tag_problem(tag) or "")


def one_letter_of_each_script() -> dict[str, str]:
    """A letter or digit by script, as the first word of its name tells it: 150 and more."""
    found: dict[str, str] = {}
    for number in range(0x80, sys.maxunicode + 1):
        letter = chr(number)
        if unicodedata.category(letter)[0] in "LN":
            found.setdefault(unicodedata.name(letter, "").split(" ")[0].split("-")[0], letter)
    return found


def test_letters_of_every_other_script_are_refused() -> None:
    scripts = one_letter_of_each_script()
    assert len(scripts) > 150
    assert {"GREEK", "CYRILLIC", "HEBREW", "ARABIC", "DEVANAGARI", "THAI", "HANGUL", "CJK", "ADLAM"} < scripts.keys()
    for script, letter in scripts.items():
        for tag in (letter, f"v{letter}", f"supervised-v{letter}", f"rl-r{letter}-i1"):
            assert tag_problem(tag), (script, tag)
            for form in ("NFC", "NFD"):
                assert tag_problem(unicodedata.normalize(form, tag)), (script, tag, form)


@pytest.mark.parametrize(
    "look",
    [
        "supervi\u0455ed-v1",  # a Cyrillic letter that looks like an s
        "\u0430lpha",
        "\u03bdalue",
        "\uff56alue",
        "\U0001d42fector",  # a mathematical letter
        "v\u06f1",
        "caf\u00e9",
        "cafe\u0301",
        "v\u20241",  # one dot leader
        "rl\u2010r1\u2010i1",  # a hyphen that is not a minus
        "\u212a",  # the Kelvin sign, which lower() makes a k
        "\ufb01t",  # a ligature
        *(
            f"v{mark}1"
            for mark in "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2069\u202a\u202e\ufeff"
        ),
        *(f"v1{mark}" for mark in "\u0085\u00a0\u2028\u2029\u3000\ufe0f\U000e0041"),
    ],
)
def test_what_only_looks_like_a_tag_is_refused(look: str) -> None:
    assert tag_problem(look)


@given(st.text())
def test_a_tag_that_passes_is_one_plain_line(tag: str) -> None:
    if tag_problem(tag) is None:
        assert tag.isascii()
        assert tag.isprintable()
        assert tag == tag.strip()


@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True), st.sampled_from("\n\r \t\0/:~^@A\u00e4"), st.data())
def test_one_foreign_character_spoils_a_tag(tag: str, bad: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(tag)))
    assert tag_problem(tag[:place] + bad + tag[place:]) is not None


def test_conventional_tags_tell_their_numbers() -> None:
    assert rl_numbers("rl-r2-i13") == (2, 13)
    assert rl_numbers("rl-r999999999-i1") == (999_999_999, 1)
    for tag in (
        "rl-r0-i1",
        "rl-r1-i0",
        "rl-r01-i1",
        "rl-r1-i1x",
        "rl-r1-i1\n",
        "rl-r1",
        "rl-r٣-i1",
        "rl-r1234567890-i1",
    ):
        assert rl_numbers(tag) is None
    assert is_supervised_tag("supervised-v3")
    for tag in ("supervised-v0", "supervised-v3\n", "supervised-v03", "supervised", "supervised-v"):
        assert not is_supervised_tag(tag)


@given(IDS)
def test_ids_make_paths_and_targets(model_id: str) -> None:
    assert is_id(model_id)
    assert current_target_id(model_path(model_id)) == model_id
    assert role_of(metadata_path(model_id)) is Role.METADATA


NO_IDS = [
    "",
    "abc",
    "ABCDEF01",
    "abcdef01\n",
    " abcdef01",
    "abcdef012",
    "../../..",
    "abcdefg1",
    "٠١٢٣٤٥٦٧",
    "abcdef0１",
]


@pytest.mark.parametrize("text", NO_IDS)
def test_what_is_no_id_makes_no_path(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(ValueError, match="not a model id"):
        model_path(text)
    with pytest.raises(ValueError, match="not a model id"):
        metadata_path(text)
    assert current_target_id(f"models/{text}") is None


@given(st.text())
def test_no_other_text_is_an_id_or_a_hash(text: str) -> None:
    digits = all(character in "0123456789abcdef" for character in text)
    assert is_id(text) == (digits and len(text) == 8)
    assert is_hash(text) == (digits and len(text) == 64)


@pytest.mark.parametrize("end", ["", "\n", "0", "F"])
def test_hashes_are_whole(end: str) -> None:
    assert is_hash("ab" * 32 + end) == (end == "")
    assert is_hash("ab" * 31 + "a" + end) == (end == "0")


@pytest.mark.parametrize(
    "target",
    [
        "models/ABCDEF01",
        "models/abcdef01/",
        "./models/abcdef01",
        "/models/abcdef01",
        "models//abcdef01",
        "models/abcdef01\n",
        "models/../x",
        "abcdef01",
        "",
    ],
)
def test_only_our_targets_are_targets(target: str) -> None:
    assert current_target_id(target) is None


@given(st.sampled_from(NetworkRole), st.integers(0, 999_999_999))
def test_network_names_are_read_as_they_are_written(role: NetworkRole, version: int) -> None:
    name = network_name(role, version)
    assert network_kind(name) == (role, version)
    assert [other for other in NetworkRole if has_role(name, other)] == [role]
    assert hinted_role(name) is role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("policy.onnx", NetworkRole.POLICY),
        ("value-best.onnx", NetworkRole.VALUE),
        ("policy.pt", None),
        ("best_policy.onnx", None),
    ],
)
def test_a_loose_name_hints_at_a_role_and_has_none(name: str, role: NetworkRole | None) -> None:
    assert hinted_role(name) is role
    assert not any(has_role(name, other) for other in NetworkRole)


@pytest.mark.parametrize(
    "name",
    [
        "policy.onnx",
        "policy_v2.onnx\n",
        "Policy_v2.onnx",
        "policy_v.onnx",
        "policy_v2.onnx.data",
        "policy_v1234567890.onnx",
        "policy_v٢.onnx",
        "policy_v2_onnx",
        "a/policy_v2.onnx",
        "x_v2.onnx",
    ],
)
def test_other_names_are_no_networks(name: str) -> None:
    assert network_kind(name) is None


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("registry.json", Role.REGISTRY),
        ("README.md", Role.TEXT),
        (".pbm.toml", Role.TEXT),
        ("models/abcdef01/metadata.json", Role.METADATA),
        ("models/abcdef01/policy_v2.onnx", Role.NETWORK),
        ("models/abcdef01/other.onnx", Role.NETWORK),
        ("models/abcdef01/notes.txt", Role.OTHER),
        ("metadata.json", Role.OTHER),
        ("policy_v2.onnx", Role.OTHER),
        ("docs/README.md", Role.OTHER),
        ("models", Role.OTHER),
        ("current", Role.OTHER),
        ("x/models/abcdef01/metadata.json", Role.OTHER),
    ],
)
def test_a_path_tells_what_its_file_is_for(path: str, role: Role) -> None:
    assert role_of(path) is role


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0K"),
        (1049, "1.0K"),
        (1050, "1.1K"),
        (812_400, "812.4K"),
        (999_949, "999.9K"),
        (999_950, "1.00M"),
        (1_004_999, "1.00M"),
        (1_005_000, "1.01M"),
        (15_358_121, "15.36M"),
        (999_994_999, "999.99M"),
        (999_995_000, "1.00B"),
        (1_250_000_000, "1.25B"),
        (10**12, "1000.00B"),
    ],
)
def test_counts_are_written_as_people_write_them(count: int, text: str) -> None:
    assert count_as_text(count) == text


@given(st.integers(0, 10**13))
@example(999_949)
@example(999_950)
@example(999_994_999)
def test_a_written_count_is_at_most_half_a_digit_off(count: int) -> None:
    match = re.fullmatch(r"([0-9]+(?:\.([0-9]+))?)([KMB]?)", count_as_text(count))
    assert match is not None
    scale = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}[match[3]]
    assert len(match[2] or "") == {"": 0, "K": 1, "M": 2, "B": 2}[match[3]]
    assert abs(Fraction(match[1]) * scale - count) <= Fraction(scale, 2 * 10 ** len(match[2] or ""))
    assert match[3] == "B" or Fraction(match[1]) < 1000


@given(st.integers(0, 10**13), st.integers(0, 10**9))
def test_more_parameters_never_read_as_fewer(count: int, more: int) -> None:
    def read(text: str) -> Fraction:
        number, unit = (text[:-1], text[-1]) if text[-1] in "KMB" else (text, "")
        return Fraction(number) * {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}[unit]

    assert read(count_as_text(count)) <= read(count_as_text(count + more))
