"""Trees and commits that git can hold and no tool would write."""

from __future__ import annotations

from collections.abc import Callable

from tests.robustness.hostile.case import Case, Spoil
from tests.robustness.hostile.place import EXECUTABLE, FILE, LINK, OLD_GROUP_WRITABLE, SUBMODULE, TREE, Entry, Place


def _trees() -> list[Case]:
    def put(*extra: Callable[[Place], Entry], below: str = "", without: tuple[bytes, ...] = ()) -> Spoil:
        return lambda place: place.put(*(make(place) for make in extra), below=below, without=without)

    def blob(name: bytes, content: bytes = b"x", mode: str = FILE) -> Callable[[Place], Entry]:
        return lambda place: (mode, name, place.blob(content))

    def folder(name: bytes, *names: bytes) -> Callable[[Place], Entry]:
        return lambda place: (
            TREE,
            name,
            place.raw_tree([(FILE, n, place.blob(b"{}")) for n in names or (b"metadata.json",)]),
        )

    def submodule(name: bytes) -> Callable[[Place], Entry]:
        return lambda place: (SUBMODULE, name, "1" * 40)

    def nothing(name: bytes, mode: str = FILE) -> Callable[[Place], Entry]:
        return lambda place: (mode, name, "2" * 40)

    def deep(place: Place) -> None:
        tree = place.raw_tree([(FILE, b"x", place.blob(b"x"))])
        for _ in range(1000):
            tree = place.raw_tree([(TREE, b"d", tree)])
        place.put((TREE, b"deep", tree), below="models")

    def many(place: Place) -> None:
        model = place.raw_tree([(FILE, b"metadata.json", place.blob(b"{}"))])
        place.put(*[(TREE, b"%08x" % n, model) for n in range(100_000)], below="models")

    def in_model(*extra: Callable[[Place], Entry], without: tuple[bytes, ...] = ()) -> Spoil:
        return lambda place: put(*extra, below=f"models/{place.ids[0]}", without=without)(place)

    def fat_commit(place: Place) -> None:
        """A commit whose every field is a trick; git keeps it as it is."""
        tree = place.git("rev-parse", "HEAD^{tree}").decode().strip()
        head = place.git("rev-parse", "HEAD").decode().strip()
        other = place.raw_tree(
            [e for e in place.tree_of() if e[1] != b"current"]
            + [(LINK, b"current", place.blob(f"models/{place.ids[0]}".encode()))]
        )
        for tree_, who in ((other, b"a\x1b[2J\x01\xe2\x80\xae::error::x"), (tree, b"\xff\xfe \x01\x02")):
            data = (
                b"tree "
                + tree_.encode()
                + b"\nparent "
                + head.encode()
                + b"\nauthor "
                + who
                + b" <\x1b[1m> 99999999999 +9999\n"
                b"committer " + who + b" <> 1 +0000\nencoding UTF-7\n\n::error::owned\x01\x1b[2J\n\x01\x01\n\n"
                b"Rolled-back-from: ../../x\x01\n"
            )
            head = place.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", stdin=data).decode().strip()
        place.git("update-ref", "HEAD", head)

    stray, described = "no-stray-entries", "one-policy-per-model"
    cases = {
        "..": (put(folder(b"..")), None),
        ".git": (put(folder(b".git", b"config")), None),
        "models/..": (put(folder(b".."), below="models"), None),
        "models/.": (put(folder(b"."), below="models"), None),
        "models/.git": (put(folder(b".git"), below="models"), None),
        "models/../x as one name": (put(folder(b"../x"), below="models"), None),
        "an empty name": (put(folder(b""), below="models"), None),
        "duplicate models": (
            put(lambda p: (TREE, p.ids[0].encode(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904"), below="models"),
            None,
        ),
        "a duplicate registry.json": (put(blob(b"registry.json", b"{}")), None),
        "a duplicate metadata.json": (in_model(blob(b"metadata.json", b"{}")), None),
        "two duplicate currents": (put(blob(b"current", b"models/00000000", LINK)), None),
        "a group-writable file": (in_model(blob(b"more", b"x", OLD_GROUP_WRITABLE)), stray),
        "an executable metadata.json": (
            in_model(blob(b"metadata.json", b"{}", EXECUTABLE), without=(b"metadata.json",)),
            stray,
        ),
        "a submodule for a model": (put(submodule(b"00000000"), below="models"), None),
        "a submodule for models": (put(submodule(b"models"), without=(b"models",)), None),
        "a submodule for current": (put(submodule(b"current"), without=(b"current",)), "current-is-a-link"),
        "a submodule for registry.json": (put(submodule(b"registry.json"), without=(b"registry.json",)), None),
        "a submodule for README.md": (put(submodule(b"README.md"), without=(b"README.md",)), None),
        "a submodule for a policy": (in_model(submodule(b"policy_v2.onnx"), without=(b"policy_v2.onnx",)), stray),
        "a directory for a policy": (in_model(folder(b"policy_v2.onnx"), without=(b"policy_v2.onnx",)), stray),
        "a directory for registry.json": (put(folder(b"registry.json"), without=(b"registry.json",)), None),
        "a directory for current": (put(folder(b"current"), without=(b"current",)), "current-is-a-link"),
        "a blob for current": (put(blob(b"current", b"models/00000000"), without=(b"current",)), "current-is-a-link"),
        "a blob for models": (put(blob(b"models"), without=(b"models",)), None),
        "a blob that is not a tree for models": (
            put(lambda p: (TREE, b"models", p.blob(b"x")), without=(b"models",)),
            None,
        ),
        "a tree that is not a blob for registry.json": (
            put(lambda p: (FILE, b"registry.json", p.raw_tree([])), without=(b"registry.json",)),
            None,
        ),
        "a commit for metadata.json": (
            in_model(
                lambda p: (FILE, b"metadata.json", p.git("rev-parse", "HEAD").decode().strip()),
                without=(b"metadata.json",),
            ),
            None,
        ),
        "a missing registry.json object": (put(nothing(b"registry.json"), without=(b"registry.json",)), None),
        "a missing policy object": (in_model(nothing(b"policy_v2.onnx"), without=(b"policy_v2.onnx",)), None),
        "a missing link object": (put(nothing(b"current", LINK), without=(b"current",)), None),
        "a missing tree": (put(nothing(b"models", TREE), without=(b"models",)), None),
        "a link of 300 MB": (
            put(blob(b"current", b"x" * (300 << 20), LINK), without=(b"current",)),
            "current-is-a-link",
        ),
        "an empty link": (put(blob(b"current", b"", LINK), without=(b"current",)), "current-is-a-link"),
        "a link with a NUL": (put(blob(b"current", b"models/\0", LINK), without=(b"current",)), "current-is-a-link"),
        "a mode of none": (put(blob(b"odd", b"x", "777"), below="models"), None),
        "a mode of zeros": (put(blob(b"odd", b"x", "0"), below="models"), None),
        "case-colliding names": (put(folder(b"abcdef01"), folder(b"ABCDEF01"), below="models"), described),
        "a name with a newline": (put(folder(b"00000000\n"), below="models"), described),
        "a name that is no UTF-8": (put(folder(b"\xff\xfe"), below="models"), described),
        "a name of escape sequences": (put(folder(b"\x1b[2J\n::error::owned"), below="models"), described),
        "a name of 5,000 bytes": (put(folder(b"n" * 5000), below="models"), None),
        "a tree 1,000 deep": (deep, stray),
        "100,000 models": (many, described),
        "commits of tricks": (fat_commit, None),
    }
    return [Case(f"a tree with {name}", spoil, finds, committed=True) for name, (spoil, finds) in cases.items()]


def cases() -> list[Case]:
    """All of them."""
    return [*_trees()]
