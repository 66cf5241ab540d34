"""``python -m bench``: one table of ratios; ``--json FILE`` keeps them for a comparison between commits."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import comparison
from bench.lab import Lab
from bench.own import GROUPS as OWN
from bench.peers import install, peers
from bench.repositories import sealed

GROUPS = {**OWN, "peers": peers}


def main() -> None:
    words = _parser().parse_args()
    if words.compare:
        print(comparison.table(*words.compare))
        return
    if words.install_peers:
        install()
    with tempfile.TemporaryDirectory(prefix="pbm-bench-") as scratch:
        folder = Path(scratch)
        lab = Lab(folder, sealed(folder / "home"), words.runs, words.size_mib, words.models)
        print(_machine())
        print("| work | ratio | smallest .. largest | reach | |\n| --- | --- | --- | --- | --- |")
        rows = []
        for name in words.only:
            for row in GROUPS[name](lab):
                print(row.text, flush=True)
                rows.append(asdict(row))
                if words.json:
                    words.json.write_text(_figures(rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(OWN), help="default: all but peers")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=64)
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--install-peers", action="store_true", help="DVC and GTO, in .bench/peers")
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="two files of --json; runs nothing"
    )
    return parser


def _machine() -> str:
    version = _said("git", "--version")
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {version}"


def _figures(rows: list[dict[str, object]]) -> str:
    commit = _said("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    return json.dumps({"version": 1, "commit": commit, "machine": _machine(), "rows": rows}, indent=2) + "\n"


def _said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
