"""Generate the man page git-pbm(1): ``python -m git_pbm.cli.manpage > man/git-pbm.1``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from git_pbm import __version__
from git_pbm.cli.commands import COMMANDS, Command, module_of, parser_of
from git_pbm.errors import ExitCode
from git_pbm.report.terminal import print_data

DESCRIPTION = (
    "A registry for neural-network models that is a git repository: a model is added, promoted, rolled back, removed "
    "and deployed with one command each, and the same rules check those commands, every commit and every pull request.",
    'Data goes to standard output, messages to standard error. --json prints one JSON object with "version": 1 '
    "instead of text. No command asks questions. git pbm COMMAND -h shows its options and examples.",
)
MODEL = (
    ("TAG", "the model's human name: supervised-v3, rl-r2-i1"),
    ("ID, PREFIX, HASH", "8 hex digits, any 4 or more that are unique, or all 64 of the policy's SHA-256"),
    ("current", "the promoted model"),
    ("MODEL^, MODEL~N", "its parent; the parent N steps up the lineage"),
    ("current@{N}", "what was current N changes of current ago"),
)
STATUSES = (
    (ExitCode.OK, "ok"),
    (
        ExitCode.FINDINGS,
        "findings; an unknown file (which); something to repair (repair); something to resolve (resolve); "
        "different content (deploy --check)",
    ),
    (ExitCode.USAGE, "invalid arguments"),
    (ExitCode.UNVERIFIED, "no error found, but something could not be verified in this clone"),
    (ExitCode.REFUSED, "refused or busy; nothing was changed"),
    (ExitCode.NOT_DEPLOYED, "done, but the deployment, the disk or the report of it failed: do not run it again"),
    (ExitCode.BUG, "a bug in git pbm"),
    (ExitCode.GIT_UNUSABLE, "git itself cannot work here"),
    ("129, 130, 143", "ended by a signal; nothing was changed"),
    (ExitCode.BROKEN_PIPE, "the reader of the output went away, and nothing was changed"),
)
ENVIRONMENT = (
    ("PBM_REGISTRY", "the models repository, for a project that only reads it; relative to the current folder"),
    ("PBM_VERBOSE", "if set and not empty: an error's line ends with its id, as --json has it"),
    ("NO_COLOR", "if set and not empty: no colour, whatever color.ui says"),
    ("GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE", "as for git; a hook checks the index that git gives it"),
    ("GIT_PAGER", "the pager, in preference to pager.pbm and core.pager; see CONFIGURATION"),
)
CONFIGURATION = (
    ("pbm.engine", "the folder that the engine loads its models from; relative to the top of the work tree"),
    ("pbm.engineNames", "the files that the engine loads, such as: policy_v2.onnx value_v2.onnx"),
    ("pbm.registry", "the models repository of a project that only reads it; relative to the top of the work tree"),
    (
        "pager.pbm",
        "true, or the command line of a pager: on a terminal, git shows the output and messages of every git pbm "
        "command in the pager and keeps the exit status; git -p pbm and git --no-pager pbm override it once. Without "
        "it, and when the program is called as git-pbm, nothing is paged",
    ),
    ("color.pbm, color.ui", "whether to colour output on a terminal, as for git's own commands"),
)
FILES = (
    ("models/ID/", "policy_vN.onnx, at most one value_vN.onnx, metadata.json"),
    ("registry.json", "all models and the current one; generated: git pbm repair rebuilds it"),
    ("current", "a symbolic link to models/ID"),
    (".pbm.toml", "accepted findings, each with a reason"),
    (".pbm-deploy.json", "in an engine's folder: what was deployed there"),
)
MERGING = (
    "git pbm init configures the merge driver pbm in a clone; .gitattributes names it for registry.json, README.md "
    "and metadata. It merges them by meaning: two branches that each add a model merge cleanly, in a merge, a rebase, "
    "a cherry-pick and a revert. Where both sides changed one thing, conflict markers enclose those lines, and "
    "git pbm resolve rebuilds the generated files. Where git-pbm is not on PATH or fails, git merges the text. An "
    "octopus merge runs no merge driver.",
)
EXAMPLES = (
    (
        "A registry, its first model, and the next one, trained from it:",
        (
            "git init models-repo && cd models-repo && git pbm init",
            "git pbm add ../runs/sup/policy_v2.onnx ../runs/sup/value_v2.onnx --tag supervised-v1",
            "git pbm add ../runs/rl/policy_v2.onnx --tag rl-r1-i1 --parent supervised-v1",
        ),
    ),
    ("The new model plays badly:", ("git pbm rollback", 'git pbm annotate rl-r1-i1 --notes "loses to its parent"')),
    ("Before merging a branch:", ("git pbm check --range main..HEAD",)),
    ("Both branches promoted a model:", ("git merge topic", "git pbm resolve --current rl-r2-i1", "git commit")),
)


def manual() -> str:
    """Return the page as roff that uses man macros only."""
    lines = [
        f'.TH GIT\\-PBM 1 "" "git pbm {_plain(__version__)}" "Git Manual"',
        ".nh",  # a hyphenated command cannot be copied
        ".SH NAME",
        "git\\-pbm \\- a git\\-native registry for neural\\-network models",
        ".SH SYNOPSIS",
        ".B git pbm",
        "[\\-\\-version] <command> [<args>]",
        ".SH DESCRIPTION",
    ]
    for paragraph in DESCRIPTION:
        lines += [".PP", _plain(paragraph)]
    lines.append(".SH COMMANDS")
    for command in COMMANDS:
        lines += _command(command)
    for title, rows in (
        ("MODEL", MODEL),
        ("EXIT STATUS", STATUSES),
        ("ENVIRONMENT", ENVIRONMENT),
        ("CONFIGURATION", CONFIGURATION),
        ("FILES", FILES),
    ):
        lines.append(f".SH {title}")
        for term, text in rows:
            lines += [".TP", f"\\fB{_plain(str(term))}\\fR", _plain(text)]
    lines += [".SH MERGING", *(part for paragraph in MERGING for part in (".PP", _plain(paragraph)))]
    lines += [".SH EXAMPLES", *(line for title, typed in EXAMPLES for line in _example(title, typed))]
    lines += [".SH SEE ALSO", ".BR git (1),", ".BR git\\-lfs (1),", ".BR pre\\-commit (1)"]
    return "\n".join(lines) + "\n"


def _command(command: Command) -> list[str]:
    parser = parser_of(command)
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    lines = [f'.SS "{_plain(usage)}"', _plain(f"{command.summary[0].upper()}{command.summary[1:]}.")]
    for action in parser.actions:
        if action.help != argparse.SUPPRESS and "-h" not in action.option_strings:
            lines += [".TP", f"\\fB{_plain(_term(action))}\\fR", _plain(_help(parser, action))]
    return [*lines, *_example("Examples:", module_of(command.name).EXAMPLES.splitlines())]


def _example(title: str, typed: Iterable[str]) -> list[str]:
    """Return a title and the lines to type."""
    return [".PP", _plain(title), ".PP", ".nf", *(f"  {_plain(line.removeprefix('  '))}" for line in typed), ".fi"]


def _term(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else None
    if value is None and action.choices:
        value = f"{{{','.join(map(str, action.choices))}}}"
    if not action.option_strings:
        return value or action.dest
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {value or action.dest.upper()}"


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    text = action.help or action.dest.replace("_", " ")
    return text % {"default": action.default, "prog": parser.prog}


_ESCAPES = str.maketrans(
    {"\\": "\\e", "-": "\\-", '"': "\\(dq", "'": "\\(aq", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga"}
)
"""Characters that roff reads as a command, or prints as another character (groff_char(7))."""


def _plain(text: str) -> str:
    """Escape a text so that roff prints it unchanged, at the beginning of a line too."""
    escaped = text.translate(_ESCAPES)
    return f"\\&{escaped}" if escaped.startswith((".", "\\(aq")) else escaped


if __name__ == "__main__":
    print_data(manual().rstrip("\n"))
