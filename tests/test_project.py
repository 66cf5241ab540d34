"""The project as a whole: layers, documents that agree with the code, packages that install."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS, command_of
from git_pbm.errors import ExitCode
from tests.conftest import Trainer
from tests.support.machine import Machine
from tests.support.rules_page import rules_page

ROOT = Path(__file__).parents[1]
LAYERS = (
    "errors",
    "schemas",
    "core",
    "fs",
    "gitio",
    "snapshots",
    "transaction|deployment",
    "operations",
    "report",
    "cli",
    "hooks",
)
MAY_IMPORT = {"api": "operations"}
PURE = {"os", "subprocess", "io", "pathlib", "time", "random", "secrets", "socket", "shutil", "tempfile", "threading"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer_of(name: str) -> str:
    return name.split(".")[1] if name.startswith("git_pbm.") else ""


@pytest.mark.parametrize("path", [*modules("git_pbm"), *modules("hooks")], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_from_layers_to_its_left(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    own = "hooks" if parts[0] == "hooks" else parts[1].removesuffix(".py")
    own = MAY_IMPORT.get(own, own)
    if own == "__init__":
        return
    for name in imports(path):
        layer = layer_of(name)
        if layer and layer not in ("__version__", own):
            assert height(layer) < height(own), f"{path}: {own} imports {name}"


def height(layer: str) -> int:
    """Where a layer stands; two that stand side by side do not import each other."""
    return next(number for number, names in enumerate(LAYERS) if layer in names.split("|"))


def test_no_folder_is_wider_than_a_person_can_take_in() -> None:
    for folder in {path.parent for path in modules("git_pbm")}:
        wide = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(wide) <= 14 or folder.name == "cli", f"{folder}: {len(wide)} modules"


@pytest.mark.parametrize("path", modules("git_pbm/core"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_touches_neither_files_nor_processes_nor_clocks(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & PURE
    calls = {
        n.func.id
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert not calls & {"open", "print", "input"}


def importers(package: str) -> set[str]:
    every = [*modules("git_pbm"), *modules("hooks")]
    return {str(p.relative_to(ROOT)) for p in every if any(n.split(".")[0] == package for n in imports(p))}


def test_each_heavy_library_has_one_door() -> None:
    assert importers("git") == {"git_pbm/gitio/repository.py"}
    assert importers("jsonschema") == {"git_pbm/core/documents/schema.py"}


@pytest.mark.parametrize("library", ["choix", "numpy", "scipy", "statistics"])
def test_the_statistics_of_games_need_no_library(library: str) -> None:
    assert importers(library) == set()


def test_only_the_report_prints() -> None:
    for path in [*modules("git_pbm"), *modules("hooks")]:
        if "report" not in path.parts:
            assert not re.search(r"(?<![\w.])print\(", path.read_text()), path


def test_the_traps_of_gitpython_are_not_stepped_into() -> None:
    text = (ROOT / "git_pbm/gitio/repository.py").read_text()
    for trap in (".index.", ".head.commit", ".tree(", "config_writer", "clone_from", ".remotes"):
        assert trap not in text


def test_the_page_of_rules_is_what_the_rules_say() -> None:
    page = ROOT / "docs/reference/rules.md"
    assert page.read_text() == rules_page(), f"python -m tests.support.rules_page > {page}"


def test_every_relative_link_in_the_documents_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


COMMAND = "from git_pbm.cli import main; sys.exit(main(sys.argv[1:]))"
RULES_OF_A_HOOK = "from git_pbm.cli.run_hook import verify; sys.exit(verify(sys.argv[1]))"
HOOK = "from git_pbm.cli.hook import main; sys.exit(main(sys.argv[1:]))"


def imported_by(*argv: str | Path, cwd: Path, run: str = COMMAND, bare: bool = False, status: int = 0) -> set[str]:
    """``bare`` without the site packages: an editable installation imports much before the first line of ours."""
    script = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        f"try: {run}\nfinally: print('\\n'.join(sorted(sys.modules)), file=sys.stderr)"
    )
    words = [sys.executable, *(["-S"] if bare else []), "-c", script, *map(str, argv)]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return set(done.stderr.splitlines())


SLOW = {"typing", "dataclasses", "inspect", "shutil", "argparse", "json", "unicodedata", "tempfile", "pathlib"}
"""What the standard library has and a start-up without it is a third shorter, or more."""

HEAVY = {"jsonschema", "git", "tomlkit", "referencing", "yaml", "onnx", "numpy", "rich", "click"}
READS_HISTORY = {"git"}
"""GitPython reads history; all else that git is asked goes to git at once: the import costs eight start-ups."""

COSTS: dict[tuple[str, ...], set[str]] = {
    ("list",): set(),
    ("show", "current"): set(),
    ("lineage",): set(),
    ("history",): READS_HISTORY,
    ("diff", "rl-r1-i1", "supervised-v1"): set(),
    ("path", "current", "--policy"): set(),
    ("which", "current/policy_v2.onnx"): set(),
    ("completion", "bash"): set(),
    ("status",): READS_HISTORY,
    ("check",): set(),
    ("explain", "current-resolves"): set(),
    ("repair",): set(),
    ("add", "POLICY", "VALUE", "--tag", "supervised-v3"): set(),
    ("annotate", "supervised-v3", "--notes", "n"): set(),
    ("promote", "rl-r1-i1"): set(),
    ("deploy", "current", "--to", "."): set(),
    ("rollback",): READS_HISTORY,
    ("promote", "supervised-v1"): set(),
    ("remove", "supervised-v3", "--why", "a test"): set(),
    ("add", "POLICY", "VALUE", "--tag", "supervised-v4", "--again"): set(),
    ("retag", "supervised-v4", "supervised-v5"): set(),
    ("undo",): set(),
    ("resolve",): set(),
    ("init", "--no-hooks"): set(),
    ("eval", "add", "rl-r1-i1", "--against", "a@1", "--from", "GAMES", "--ended", "2026-02-19"): set(),
    ("eval", "list"): set(),
    ("eval", "show", "NAME"): set(),
    ("eval", "check", "NAME", "--from", "GAMES"): set(),
    ("gate", "rl-r1-i1"): set(),
    ("ladder", "--last", "9"): set(),
    ("eval", "retract", "NAME", "--why", "a test"): set(),
}
"""What each command imports of the libraries that take long, in a registry whose models were checked before."""


def test_every_command_imports_only_the_libraries_that_it_needs(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    policy, value = train(3)
    games = registry.folder.parent / "games.csv"
    games.write_text("seat,score,unit\nwhite,1,a\nblack,0,a\n")
    places = {"POLICY": str(policy), "VALUE": str(value), ".": str(engine), "GAMES": str(games)}

    found = {}
    for words in COSTS:
        places["NAME"] = next((path.stem for path in registry.folder.glob("evals/*/*.json")), "")
        if words[0] == "gate":
            (registry.folder / ".pbm.toml").write_text("[gate]\n")
            registry.git("add", ".pbm.toml")
            registry.commit("chore: a gate")
        status = ExitCode.UNDECIDED if words[0] == "gate" else 0
        loaded = imported_by(*[places.get(word, word) for word in words], cwd=registry.folder, status=status)
        assert "git_pbm.cli.commands" in loaded
        found[words] = loaded & HEAVY
    assert found == COSTS
    assert {command.name for words in COSTS if (command := command_of(words))} == {command.name for command in COMMANDS}
    assert not imported_by("pbm-verify", cwd=registry.folder, run=HOOK) & HEAVY


@pytest.mark.parametrize(
    "words", ["list --limit 1", "show current", "lineage", "diff current current", "path current --policy"]
)
def test_a_command_that_looks_imports_nothing_that_changes(registry: Machine, words: str) -> None:
    loaded = imported_by(*words.split(), cwd=registry.folder)
    assert "git_pbm.cli.commands" in loaded
    assert not {name for name in loaded if name.startswith(("git_pbm.transaction", "git_pbm.operations.unit_of_work"))}


@pytest.mark.parametrize("path", ["registry.json", "README.md"])
def test_the_merge_driver_imports_nothing_heavy(tmp_path: Path, path: str) -> None:
    for name in ("base", "ours", "theirs"):
        (tmp_path / name).write_text('{"current": null, "models": {}}\n')
    loaded = imported_by("merge-driver", "base", "ours", "theirs", "7", path, cwd=tmp_path)
    assert not loaded & (HEAVY | {"argparse"})


def test_version_and_help_import_next_to_nothing(tmp_path: Path) -> None:
    loaded = imported_by("--version", cwd=tmp_path, bare=True)
    assert not loaded & (HEAVY | SLOW | {"re", "enum", "subprocess", "git_pbm.core"})


def test_asking_for_the_current_model_imports_next_to_nothing(registry: Machine) -> None:
    loaded = imported_by("path", "current", cwd=registry.folder, bare=True)
    assert not loaded & (HEAVY | SLOW | {"re", "enum", "subprocess", "git_pbm.core"})


def test_a_hook_imports_little_where_the_staged_tree_is_known_to_be_sound(registry: Machine) -> None:
    for _ in range(2):
        loaded = imported_by("pbm-verify", cwd=registry.folder, run=RULES_OF_A_HOOK, bare=True)
    assert not loaded & (
        HEAVY | SLOW | {"git_pbm.core.rules", "git_pbm.operations.checking.check", "git_pbm.report.text"}
    )


@pytest.mark.parametrize("how", ["wheel", "sdist", "editable"])
def test_each_package_gives_a_working_command_and_working_hooks(tmp_path: Path, machine: Machine, how: str) -> None:
    source = tmp_path / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    venv.create(tmp_path / "venv", with_pip=False, system_site_packages=False)
    python = tmp_path / "venv/bin/python"
    target = [str(source)]
    if how == "editable":
        target = ["-e", str(source)]
    elif how == "sdist":
        done = machine.run(sys.executable, "-m", "build", "--sdist", "--outdir", tmp_path / "dist", source)
        assert done.status == 0, done.err + done.out
        target = [str(next((tmp_path / "dist").glob("*.tar.gz")))]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", *target]
    done = machine.run(*pip)
    if done.status != 0 and ("No matching distribution" in done.err or "ConnectionError" in done.err):
        pytest.skip("installing needs a package index")
    assert done.status == 0, done.err
    path = f"{tmp_path / 'venv/bin'}{os.pathsep}{os.environ['PATH']}"
    place = machine.at(tmp_path / "repo")
    place.folder.mkdir()
    place.git("init", "-q")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert place.run(tmp_path / "venv/bin/git-pbm", "--version", PATH=path).out == f"git-pbm {version}\n"
    assert "usage: git pbm" in place.run("git", "pbm", "-h", PATH=path).out
    assert place.run("git", "pbm", "init", "--no-hooks", PATH=path).status == 0
    assert place.run(tmp_path / "venv/bin/git-pbm-hook", "pbm-verify", PATH=path).status == 0
    place.write("models/0badcafe/metadata.json", "{}")
    place.git("add", "-A")
    assert place.run(tmp_path / "venv/bin/git-pbm-hook", "pbm-verify", PATH=path).status == 1
