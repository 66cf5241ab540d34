"""``python -m bench``: one table of ratios; ``--json FILE`` keeps them for a comparison between commits."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import Command, Ratio, compare, peak_memory
from bench.repositories import big_pair, git, many_models, recipe, sealed


@dataclass(frozen=True)
class Row:
    """One line of the table: what was compared with what, the ratio, and the ratio to reach."""

    work: str
    ratio: Ratio | None
    reach: float
    value: float = 0.0

    @property
    def measured(self) -> float:
        return self.ratio.median if self.ratio else self.value


@dataclass(frozen=True)
class Lab:
    """Where the benchmarks work, and how large."""

    folder: Path
    environment: dict[str, str]
    runs: int
    mebibytes: int
    models: int

    def command(self, *argv: str, folder: Path | None = None, before: object = None) -> Command:
        return Command(argv, folder or self.folder, self.environment, before if callable(before) else None)


def adding(lab: Lab) -> Iterator[Row]:
    policy, value = big_pair(lab.folder / "runs", lab.mebibytes)
    place = lab.folder / "add"

    def fresh() -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        git(place, lab.environment, "init", "-q", "-b", "main")
        lab.command("git-pbm", "init", "--no-hooks", folder=place).run()

    add = lab.command("git-pbm", "add", str(policy), str(value), "--tag", "supervised-v1", folder=place, before=fresh)
    (lab.folder / "out").mkdir(exist_ok=True)
    script = f"openssl dgst -sha256 {policy} {value}; cp {policy} {value} {lab.folder}/out/"
    yardstick = lab.command("sh", "-c", script)
    size = f"{lab.mebibytes} + {lab.mebibytes} MiB"
    yield Row(f"add {size}, commit included / openssl twice + cp twice", compare(add, yardstick, lab.runs), 5.0)
    by_hand = lab.command("sh", "-c", recipe(policy, value, lab.folder / "hand"))
    yield Row(f"add {size} / the hand recipe", compare(add, by_hand, max(2, lab.runs // 2)), 0.25)
    yield Row("its peak memory, own process, MiB", None, 48.0, peak_memory(add) / 1024)


def starting(lab: Lab) -> Iterator[Row]:
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
    place = lab.folder / "many"
    many_models(place, lab.environment, lab.models)
    status = lab.command("git", "status", folder=place)
    check = lab.command("git-pbm", "check", folder=place)
    facts = place / ".git/pbm/facts"
    cold = lab.command("git-pbm", "check", folder=place, before=lambda: facts.unlink(missing_ok=True))
    yield Row(f"check of {lab.models} models, facts remembered / git status", compare(check, status, lab.runs), 1.2)
    yield Row(f"check of {lab.models} models, nothing remembered / git status", compare(cold, status, 2), 10.0)
    listing = lab.command("git-pbm", "list", folder=place)
    yield Row(f"list of {lab.models} models / git status", compare(listing, status, lab.runs), 3.0)


def cold_bytes(lab: Lab) -> Iterator[Row]:
    policy, value = big_pair(lab.folder / "runs", lab.mebibytes)
    place = lab.folder / "cold"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    git(place, lab.environment, "init", "-q", "-b", "main")
    lab.command("git-pbm", "init", "--no-hooks", folder=place).run()
    lab.command("git-pbm", "add", str(policy), str(value), "--tag", "supervised-v1", folder=place).run()
    check = lab.command("git-pbm", "check", "--rehash", folder=place)
    yardstick = lab.command("openssl", "dgst", "-sha256", str(policy), str(value))
    yield Row(
        f"check --rehash of {2 * lab.mebibytes} MiB / openssl over the same files",
        compare(check, yardstick, lab.runs),
        1.2,
    )


GROUPS = {"add": adding, "start": starting, "check": checking, "cold": cold_bytes}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=64)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pbm-bench-") as scratch:
        folder = Path(scratch)
        lab = Lab(folder, sealed(folder / "home"), words.runs, words.size_mib, words.models)
        version = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {version}")
        print("| work | ratio | smallest .. largest | reach | |\n| --- | --- | --- | --- | --- |")
        rows = []
        for name in words.only:
            for row in GROUPS[name](lab):
                spread = f"{row.ratio.low:.2f} .. {row.ratio.high:.2f}" if row.ratio else ""
                verdict = "reached" if row.measured <= row.reach else "missed"
                print(f"| {row.work} | {row.measured:.2f} | {spread} | {row.reach:g} | {verdict} |", flush=True)
                rows.append(asdict(row))
        if words.json:
            words.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
