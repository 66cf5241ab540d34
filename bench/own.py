"""What git pbm costs beside the work itself: each function measures one subject."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.lab import Lab, Row
from bench.measure import Command, alternate, compare, peak_memory
from bench.repositories import big_pair, git, head_of, huge_policy, many_models, recipe, weights
from git_pbm.core.plans.setup.templates import ONNX_STORED_BY_GIT
from tests.support.networks import policy_bytes
from tests.support.tiny import tiny_policy


def adding(lab: Lab) -> Iterator[Row]:
    """A pair of networks registered and committed."""
    policy, value = big_pair(lab.folder / "runs", lab.mebibytes)
    add = lab.adding(lab.folder / "add", policy, value)
    (lab.folder / "out").mkdir(exist_ok=True)
    script = f"openssl dgst -sha256 {policy} {value}; cp {policy} {value} {lab.folder}/out/"
    yardstick = lab.command("sh", "-c", script)
    size = f"{lab.mebibytes} + {lab.mebibytes} MiB"
    yield Row(f"add {size}, commit included / openssl twice + cp twice", compare(add, yardstick, lab.runs), 5.0)
    by_hand = lab.command("sh", "-c", recipe(policy, value, lab.folder / "hand"))
    yield Row(f"add {size} / the hand recipe", compare(add, by_hand, max(2, lab.runs // 2)), 0.25)
    yield Row("its peak memory, own process, MiB", None, 48.0, peak_memory(add) / 1024)


def memory(lab: Lab) -> Iterator[Row]:
    """A file that does not fit in memory many times over."""
    policy = huge_policy(lab.folder / "huge.onnx", 1024)
    add = lab.adding(lab.folder / "huge", policy)
    yield Row("peak memory of adding 1 GiB, own process, MiB", None, 48.0, peak_memory(add) / 1024)
    policy.unlink()
    shutil.rmtree(lab.folder / "huge")


def starting(lab: Lab) -> Iterator[Row]:
    """What the person waits for where there is nothing to do."""
    place = lab.folder / "small"
    many_models(place, lab.environment, 10)
    nothing = lab.command("python", "-c", "pass")
    for words, reach in ((("git-pbm", "--version"), 2.0), (("git-pbm", "path", "current"), 3.5)):
        yield Row(
            f"{' '.join(words)} / python -c pass", compare(lab.command(*words, folder=place), nothing, lab.runs), reach
        )
    hook = lab.command("git-pbm-hook", "pbm-verify", folder=place)
    yield Row("hook with nothing new to prove / python -c pass", compare(hook, nothing, lab.runs), 4.0)


def checking(lab: Lab) -> Iterator[Row]:
    """Many small models looked at."""
    place = lab.folder / "many"
    many_models(place, lab.environment, lab.models)
    few = lab.folder / "few"
    many_models(few, lab.environment, 10)
    status = lab.command("git", "status", folder=place)
    for name, words in (("the work tree", ()), ("the staged tree", ("--staged",))):
        checks = [lab.command("git-pbm", "check", *words, folder=folder) for folder in (place, few)]
        many, start, looking = map(median, alternate([*checks, status], lab.runs))
        work = f"check of {lab.models} models, nothing changed, {name}, what it costs more than of 10 / git status"
        yield Row(work, None, 0.25, (many - start) / looking)

    def change() -> None:
        with (place / "README.md").open("a") as file:
            file.write("one more line\n")

    def forget_soundness() -> None:
        for name in ("sound", "sound-base"):
            (place / ".git/pbm" / name).unlink(missing_ok=True)

    def forget_all() -> None:
        forget_soundness()
        (place / ".git/pbm/facts").unlink(missing_ok=True)

    for name, before, runs, reach in (
        ("one file changed", change, lab.runs, 1.2),
        ("facts remembered, every entry compared", forget_soundness, lab.runs, 1.2),
        ("nothing remembered", forget_all, 2, 10.0),
    ):
        check = lab.command("git-pbm", "check", folder=place, before=before)
        yield Row(f"check of {lab.models} models, {name} / git status", compare(check, status, runs), reach)
    listing = lab.command("git-pbm", "list", folder=place)
    yield Row(f"list of {lab.models} models / git status", compare(listing, status, lab.runs), 3.0)


def cold_bytes(lab: Lab) -> Iterator[Row]:
    """Every byte of sixteen networks read again."""
    place = lab.folder / "cold"
    many_models(place, lab.environment, 16, lambda seed: policy_bytes(lab.mebibytes * (1 << 20) // 4 - 2000, seed))
    check = lab.command("git-pbm", "check", "--rehash", folder=place)
    yardstick = lab.command("openssl", "dgst", "-sha256", *map(str, sorted(place.glob("models/*/*.onnx"))))
    work = f"check --rehash of {16 * lab.mebibytes} MiB / one openssl over the same files"
    yield Row(work, compare(check, yardstick, lab.runs), 1.2)
    yield Row(f"{work}, wall time", compare(check, yardstick, lab.runs, wall=True), 0.7)
    shutil.rmtree(place)


def growing(lab: Lab) -> Iterator[Row]:
    """What one more small model costs where there are many already."""
    policy = lab.folder / "policy_v2.onnx"
    policy.write_bytes(tiny_policy(10**9))
    adds = []
    for count in (10, lab.models):
        place = lab.folder / f"growing-{count}"
        many_models(place, lab.environment, count)
        base = head_of(place, lab.environment)
        adds.append(
            lab.command(
                *("git-pbm", "add", str(policy), "--tag", "one-more", "--training", "supervised"),
                folder=place,
                before=lambda place=place, base=base: git(  # type: ignore[misc]
                    place, lab.environment, "reset", "-q", "--hard", base
                ),
            )
        )
    status = lab.command("git", "status", folder=lab.folder / f"growing-{lab.models}")
    few, many, looking = map(median, alternate([*adds, status], lab.runs))
    work = f"adding one model to {lab.models} instead of 10, what it costs more / git status"
    yield Row(work, None, 2.0, (many - few) / looking)


def travelling(lab: Lab) -> Iterator[Row]:
    """Push and gc of the same weights: with the attributes that ``init`` writes, and with git's defaults."""
    plain, ours = lab.folder / "plain", lab.folder / "attributed"
    for place, attributes in ((plain, ""), (ours, f"{ONNX_STORED_BY_GIT}\n")):
        lab.fresh(place)
        weights(place, lab.mebibytes)
        (place / ".gitattributes").write_text(attributes)
        git(place, lab.environment, "-c", "core.compression=0", "add", "-A")
        git(place, lab.environment, "commit", "-q", "-m", "weights")
    stored = ("-c", "core.compression=0", "-c", "pack.compression=0")
    runs = min(2, lab.runs)
    for name, settings in (("init's attributes", ()), ("init's attributes and no compression", stored)):
        for verb, reach in (("push", 0.2), ("gc", 0.1)):
            first, second = _transport(lab, ours, verb, settings), _transport(lab, plain, verb, ())
            work = f"git {verb} of {lab.mebibytes} MiB of weights, {name} / git's defaults"
            yield Row(work, compare(first, second, runs), reach)


def _transport(lab: Lab, place: Path, verb: str, settings: tuple[str, ...]) -> Command:
    copy = lab.folder / f"{place.name}-copy"

    def before() -> None:
        shutil.rmtree(copy, ignore_errors=True)
        if verb == "gc":
            shutil.copytree(place, copy, symlinks=True)
        else:
            git(lab.folder, lab.environment, "init", "-q", "--bare", str(copy))

    if verb == "gc":
        return lab.command("git", *settings, "-C", str(copy), "gc", "-q", before=before)
    return lab.command("git", *settings, "push", "-q", str(copy), "main", folder=place, before=before)


GROUPS = {
    "add": adding,
    "memory": memory,
    "start": starting,
    "check": checking,
    "cold": cold_bytes,
    "grow": growing,
    "travel": travelling,
}
