"""The merge by meaning: nothing is lost, nobody is preferred, and a conflict stands where a person can settle it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.registry_document import RegistryDocument
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.merge.conflict_markers import settlements
from git_pbm.core.merge.metadata import hash_in, merge_of_two_models
from git_pbm.core.merge.readme import around, merge_blocks, put_back
from git_pbm.core.merge.registry import Merged, merge_registries
from git_pbm.core.registry.readme_block import GRAPH_LIMIT, Listing, Row, lines_of, read_block, text_of_lines
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.core.rules.state.registry_document import registry_is_strict_json, registry_matches_schema

Document = dict[str, JsonValue]

IDS = st.sampled_from([f"0000000{digit}" for digit in "12345678"])
ONE: Document = {"tag": "one", "date": "2026-02-01", "training": "supervised"}
OWN: tuple[JsonValue, ...] = (1, 1.0, True, None, "x", [1, [2]], {"b": 1, "a": [2]})
ENTRIES: st.SearchStrategy[JsonValue] = st.sampled_from(
    (
        ONE,
        {**ONE, "tag": "two"},
        {**ONE, "date": "2026-02-02"},
        {"training": "rl_selfplay", "parent": "00000001", "date": "2026-02-01", "tag": "two"},
        *({**ONE, "notes": value} for value in OWN),
        {"kl": 1, "notes": "x", **ONE},
        {"notes": "x", "kl": 1, **ONE},
    )
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    models: Document = dict(draw(st.dictionaries(IDS, ENTRIES, max_size=5)))
    own: Document = draw(st.sampled_from([{}, {"zeta": 1}, {"zeta": 1, "alpha": [2]}, {"alpha": [2], "zeta": 1.0}]))
    return {"current": draw(st.sampled_from([None, *models])), "models": models, **own}


@st.composite
def changed(draw: st.DrawFn, document: Document) -> Document:
    """A document some steps later: entries added, removed and changed, another one current."""
    later = dict(models(document))
    for key, entry in draw(st.dictionaries(IDS, st.none() | ENTRIES, max_size=3)).items():
        if entry is None:
            later.pop(key, None)
        else:
            later[key] = entry
    current = document["current"] if draw(st.booleans()) else draw(st.sampled_from([None, *later]))
    return {**document, "current": current if current in later else None, "models": later}


@st.composite
def histories(draw: st.DrawFn) -> tuple[Document, Document, Document]:
    base = draw(documents())
    return base, draw(changed(base)), draw(changed(base))


def data(document: Document) -> bytes:
    return text_of(document).encode()


def merge(base: Document | None, ours: Document, theirs: Document) -> Merged:
    merged = merge_registries(data(base) if base is not None else b"", data(ours), data(theirs))
    assert merged is not None
    return merged


def same(one: JsonValue, two: JsonValue) -> bool:
    """Equal as JSON: Python takes 1, 1.0 and True for one another."""
    return json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def canonical(document: Document) -> str:
    """The text as every command writes it."""
    registry = RegistryDocument.from_json(document)
    assert registry is not None
    return registry.text()


def models(document: Document) -> Document:
    found = document["models"]
    assert isinstance(found, dict)
    return found


@given(histories())
def test_neither_side_is_preferred(history: tuple[Document, Document, Document]) -> None:
    base, ours, theirs = history
    one, two = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.clashes == two.clashes
    assert same(one.ours, two.theirs)
    assert same(one.theirs, two.ours)


@given(histories())
def test_nothing_is_lost_that_nobody_took_away(history: tuple[Document, Document, Document]) -> None:
    base, ours, theirs = history
    merged = merge(base, ours, theirs)
    for settled in (merged.ours, merged.theirs):
        for key in models(ours).keys() & models(theirs).keys():
            assert key in models(settled)
        for mine, other in ((ours, theirs), (theirs, ours)):
            assert models(mine).keys() - models(base).keys() <= models(settled).keys()
            untouched = [key for key in models(mine) if same(models(mine)[key], models(base).get(key))]
            for key in untouched:
                if ("models", key) not in merged.clashes and not any(path[1:2] == (key,) for path in merged.clashes):
                    assert (key in models(settled)) == (key in models(other))


@given(histories())
def test_what_one_side_alone_changed_is_taken_and_what_both_changed_is_asked(
    history: tuple[Document, Document, Document],
) -> None:
    base, ours, theirs = history
    merged = merge(base, ours, theirs)
    values = [json.dumps(document["current"]) for document in (base, ours, theirs)]
    both_moved = len(set(values)) == 3
    taken = next(value for value in (*values[1:], values[0]) if values[1] == values[2] or value != values[0])
    current = json.loads(taken)
    hangs = current is not None and not all(current in models(settled) for settled in (merged.ours, merged.theirs))
    assert (("current",) in merged.clashes) == (both_moved or (hangs and values[1] != values[2]))
    if ("current",) not in merged.clashes:
        assert json.dumps(merged.ours["current"]) == taken


@given(histories())
def test_merging_what_is_the_same_or_older_changes_nothing(history: tuple[Document, Document, Document]) -> None:
    base, ours, _ = history
    for merged in (merge(base, ours, ours), merge(base, ours, base), merge(base, base, ours)):
        assert not merged.clashes
        assert same(merged.ours, ours)
        assert merged.text(7) == canonical(merged.ours)


@given(histories())
def test_a_conflict_stands_in_whole_lines_and_each_part_of_it_is_strict_and_canonical(
    history: tuple[Document, Document, Document],
) -> None:
    base, ours, theirs = history
    merged = merge(base, ours, theirs)
    text = merged.text(9, "HEAD", "topic")
    assert bool(merged.clashes) == ("<<<<<<<<< HEAD\n" in text)
    assert text.count("<<<<<<<<< HEAD\n") == text.count("\n=========\n") == text.count(">>>>>>>>> topic\n")
    sides = settlements(text.encode())
    assert sides[0] == data(merged.ours)
    assert sides[-1] == data(merged.theirs)
    for side in sides:
        assert canonical(json.loads(side)).encode() == side


@given(histories())
def test_a_clean_merge_of_sound_registries_is_sound(history: tuple[Document, Document, Document]) -> None:
    base, ours, theirs = history
    rules = (registry_is_strict_json, registry_matches_schema)
    slugs = {rule.__name__.replace("_", "-") for rule in rules}

    def findings(text: bytes) -> set[str]:
        return {f.rule for f in run_rules(Registry(MemorySnapshot({"registry.json": text}))).errors} & slugs

    if not any(findings(data(document)) for document in history):
        merged = merge(base, ours, theirs)
        assert not findings(data(merged.ours))
        assert not findings(data(merged.theirs))


@given(histories())
def test_an_unsettled_base_is_like_neither_side(history: tuple[Document, Document, Document]) -> None:
    """Where branches have merged each other, git merges their bases first; that may leave markers in the base."""
    base, ours, theirs = history
    virtual = merge(base, ours, theirs)
    first = merge_registries(virtual.text(9).encode(), data(ours), data(theirs))
    assert first is not None
    if virtual.clashes == (("current",),):
        assert first.clashes == virtual.clashes
    again = merge_registries(virtual.text(9).encode(), data(virtual.ours), data(virtual.theirs))
    assert again is not None
    assert set(again.clashes) == set(virtual.clashes)  # their order follows the keys' in the text


A, B, C, D = "0000000a", "0000000b", "0000000c", "0000000d"


def test_an_unsettled_base_of_two_notes_and_of_a_removal_asks_the_same_questions() -> None:
    base: Document = {"current": None, "models": {A: ONE, B: ONE}}
    ours: Document = {"current": None, "models": {A: {**ONE, "tag": "a"}, B: {**ONE, "tag": "b"}}}
    theirs: Document = {"current": None, "models": {A: {**ONE, "tag": "c"}}}
    virtual = merge(base, ours, theirs)
    assert virtual.clashes == (("models", A, "tag"), ("models", B))
    again = merge_registries(virtual.text(9).encode(), data(virtual.ours), data(virtual.theirs))
    assert again is not None
    assert again.clashes == virtual.clashes


def test_both_promote_and_both_add_is_one_question() -> None:
    base: Document = {"current": A, "models": {A: ONE}}
    ours: Document = {"current": B, "models": {A: ONE, B: {**ONE, "tag": "b"}}}
    theirs: Document = {"current": C, "models": {A: ONE, C: {**ONE, "tag": "c"}}}
    merged = merge(base, ours, theirs)
    assert merged.clashes == (("current",),)
    head = (
        '{\n<<<<<<< ours\n  "current": "0000000b",\n=======\n  "current": "0000000c",\n>>>>>>> theirs\n  "models": {\n'
    )
    assert merged.text(7).startswith(head)
    assert merged.text(7).count("<<<<<<<") == 1
    assert list(models(merged.ours)) == [A, B, C]


def test_removing_what_the_other_side_changed_is_asked_about() -> None:
    base: Document = {"current": A, "models": {A: ONE, B: ONE}}
    ours: Document = {"current": A, "models": {A: ONE}}
    theirs: Document = {"current": A, "models": {A: ONE, B: {**ONE, "date": "2026-02-09"}}}
    merged = merge(base, ours, theirs)
    assert merged.clashes == (("models", B),)
    assert [json.loads(side)["models"].keys() for side in settlements(merged.text(7).encode())] == [{A}, {A, B}]


def test_removing_what_the_other_side_promoted_is_asked_about() -> None:
    base: Document = {"current": A, "models": {A: ONE, B: ONE}}
    promoted: Document = {"current": B, "models": {A: ONE, B: ONE}}
    removed: Document = {"current": A, "models": {A: ONE}}
    merged = merge(base, promoted, removed)
    assert merged.clashes == (("current",),)
    assert (merged.ours["current"], merged.theirs["current"]) == (B, A)


def test_two_fields_of_one_entry_merge() -> None:
    base: Document = {"current": None, "models": {A: ONE}}
    ours: Document = {"current": None, "models": {A: {**ONE, "date": "2026-02-03"}}}
    theirs: Document = {"current": None, "models": {A: {**ONE, "parent": B}}}
    assert merge(base, ours, theirs).ours["models"] == {A: {**ONE, "date": "2026-02-03", "parent": B}}


def test_without_a_base_both_sides_are_taken() -> None:
    merged = merge(None, {"current": A, "models": {A: ONE}}, {"current": A, "models": {B: ONE}})
    assert models(merged.ours).keys() == {A, B}
    assert not merged.clashes


def test_an_old_file_in_another_order_is_merged_and_written_canonically() -> None:
    base = json.dumps({"models": {C: ONE, A: ONE}, "current": A}).encode()
    ours = json.dumps({"models": {C: ONE, A: ONE, D: ONE}, "current": A}, indent=4).encode()
    theirs = json.dumps({"models": {C: ONE, A: ONE, B: ONE}, "current": A}, indent="\t").encode()
    merged = merge_registries(base, ours, theirs)
    assert merged is not None
    assert merged.text(7) == text_of({"current": A, "models": {A: ONE, B: ONE, C: ONE, D: ONE}})


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"models": []}', b'{"models": {"a": 1}}', b'{"models": {}, "models": {}}', b"\xff"],
)
def test_what_is_not_understood_is_left_to_the_merge_of_texts(text: bytes) -> None:
    sound = data({"current": None, "models": {}})
    assert merge_registries(sound, text, sound) is None
    assert merge_registries(sound, sound, text) is None
    if text:
        assert merge_registries(text, sound, sound) is None


# -- the README's block


def row(name: str, tag: str | None = None, parent: str | None = None, created: str = "2026-02-01") -> Row:
    tag = tag or f"net-{name}"
    return Row(
        f"| {tag} | `{name}` | supervised | {created} | 4 | {f'`{parent}`' if parent else '-'} |", tag, parent, created
    )


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    names = sorted(draw(st.sets(IDS, max_size=6)))
    days = st.sampled_from(["2026-02-01", "2026-02-02"])
    rows = {name: row(name, None, draw(st.sampled_from([None, *names])), draw(days)) for name in names}
    return Listing(draw(st.sampled_from([None, *names])), rows)


def readme(listing: Listing, head: str = "# Models\n\n", tail: str = "\n\nThe end.\n") -> str:
    return f"{head}{text_of_lines(lines_of(listing))}{tail}"


@given(listings())
def test_a_block_is_read_as_it_was_written(listing: Listing) -> None:
    assert read_block(text_of_lines(lines_of(listing))) == listing


@given(listings(), st.integers(0, 400), st.characters(codec="ascii"))
def test_a_block_that_somebody_touched_is_not_taken_for_ours(listing: Listing, place: int, character: str) -> None:
    block = text_of_lines(lines_of(listing))
    touched = block[:place] + character + block[place + 1 :]
    found = read_block(touched)
    assert found is None or text_of_lines(lines_of(found)) == touched


@given(listings(), st.sets(IDS), st.sets(IDS))
def test_additions_on_two_branches_make_the_block_of_the_union(base: Listing, ours: set[str], theirs: set[str]) -> None:
    def adds(names: set[str]) -> Listing:
        rows = {**{name: row(name) for name in names}, **base.rows}
        return replace(base, rows={name: rows[name] for name in sorted(rows)})

    merged = merge_blocks(readme(base), readme(adds(ours)), readme(adds(theirs)), 7, "ours", "theirs")
    assert merged is not None
    assert merged.is_clean
    assert merged.text == text_of_lines(lines_of(adds(ours | theirs)))


@given(listings(), listings(), listings())
def test_each_part_of_a_block_in_conflict_is_a_block(base: Listing, ours: Listing, theirs: Listing) -> None:
    merged = merge_blocks(readme(base), readme(ours), readme(theirs), 7, "ours", "theirs")
    other = merge_blocks(readme(base), readme(theirs), readme(ours), 7, "theirs", "ours")
    assert merged is not None
    assert other is not None
    assert merged.is_clean == other.is_clean
    sides = [side.decode() for side in settlements(merged.text.encode())]
    assert len(sides) == (1 if merged.is_clean else 2)
    assert [read_block(side) is not None for side in sides] == [True] * len(sides)
    assert sorted(sides) == sorted(side.decode() for side in settlements(other.text.encode()))


def test_the_graph_of_a_long_lineage_is_drawn_anew() -> None:
    """Which models it shows follows from all of them: lines of text would merge to a graph of too many."""
    names = [f"{number:08x}" for number in range(GRAPH_LIMIT + 2)]
    rows = {name: row(name, created=f"2026-01-{number % 28 + 1:02d}") for number, name in enumerate(names)}
    base = Listing(names[0], rows)
    one, two = "ffff0001", "ffff0002"
    ours = replace(base, rows={**rows, one: row(one, created="2026-03-01")})
    theirs = replace(base, rows={**rows, two: row(two, created="2026-03-02")})
    merged = merge_blocks(readme(base), readme(ours), readme(theirs), 7, "ours", "theirs")
    assert merged is not None
    whole = replace(base, rows={**ours.rows, **theirs.rows})
    assert merged.text == text_of_lines(lines_of(whole))
    assert merged.text.count('["net-') == GRAPH_LIMIT


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_text_around_the_block_merges_as_if_the_block_were_one_word(end: str) -> None:
    listing = Listing(A, {A: row(A)})
    text = readme(listing).replace("\n", end)
    assert around(text) == f"# Models\n\n{around(text).splitlines()[2]}\n\nThe end.\n".replace("\n", end)
    assert put_back(around(text), text_of_lines(lines_of(listing))) == text
    assert put_back(around(text) * 2, "block") is None
    assert put_back("no block", "block") is None


def test_a_block_that_both_sides_began_merges_without_a_base() -> None:
    ours, theirs = (readme(Listing(None, {name: row(name)})) for name in (A, B))
    merged = merge_blocks("# Models\n", ours, theirs, 7, "ours", "theirs")
    assert merged is not None
    assert merged.is_clean
    assert merged.text == text_of_lines(lines_of(Listing(None, {A: row(A), B: row(B)})))


@pytest.mark.parametrize("side", range(3))
def test_a_block_that_git_pbm_did_not_write_is_left_to_the_merge_of_texts(side: int) -> None:
    sides = [readme(Listing(A, {A: row(A)}))] * 3
    sides[side] = sides[side].replace("Current model", "The model")
    base, ours, theirs = sides
    assert merge_blocks(base, ours, theirs, 7, "ours", "theirs") is None


@pytest.mark.parametrize("lacking", [0, 1])
def test_a_side_without_a_block_is_left_to_the_merge_of_texts(lacking: int) -> None:
    sides = [readme(Listing(A, {A: row(A)}))] * 2
    sides[lacking] = "# Models\n"
    ours, theirs = sides
    assert merge_blocks(readme(Listing(None, {})), ours, theirs, 7, "ours", "theirs") is None


# -- texts with conflict markers


def test_a_conflict_in_diff3_style_leaves_its_base_out() -> None:
    text = b"a\n<<<<<<< ours\nb\n||||||| base\nc\n=======\nd\n>>>>>>> theirs\n||||||| e\n=======\n"
    assert settlements(text) == (b"a\nb\n||||||| e\n=======\n", b"a\nd\n||||||| e\n=======\n")


# -- metadata of two models that git took for one renamed file


def metadata(digit: str, *lines: str) -> bytes:
    return "\n".join(["{", *(f"  {line}," for line in lines), f'  "hash": "{digit * 64}"', "}", ""]).encode()


def test_two_models_that_git_took_for_one_file_stand_side_by_side() -> None:
    base, ours, theirs = metadata("a", '"kl": 1'), metadata("b", '"kl": 1'), metadata("a", '"kl": 2')
    text = merge_of_two_models(base, ours, theirs, 9, ("HEAD", "topic"))
    assert text == f"<<<<<<<<< HEAD\n{ours.decode()}=========\n{theirs.decode()}>>>>>>>>> topic\n"
    assert settlements(text.encode()) == (ours, theirs)


@pytest.mark.parametrize("other", [b"", b"{", b"[]", b"{}", b'{"hash": 5}', metadata("a", '"kl": 2')])
def test_metadata_of_one_model_or_of_none_is_left_to_the_merge_of_texts(other: bytes) -> None:
    base = metadata("a", '"kl": 1')
    assert merge_of_two_models(base, base, other, 7, ("ours", "theirs")) is None
    assert hash_in(base) == "a" * 64
