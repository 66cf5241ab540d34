"""The table of commands; each has a module of its own, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn, Protocol, cast

from git_pbm.cli.error_boundary import tell
from git_pbm.errors import ExitCode, NotPrintedError, UsageError
from git_pbm.operations.result import Result
from git_pbm.report.renderer import OutputFormat, render
from git_pbm.report.terminal import OutputError, flush_data, print_data


class Group(Enum):
    """The heading that a command is listed under."""

    CHANGING = "change the registry"
    LOOKING = "read the registry"
    CHECKING = "check and repair"
    EVALUATING = "record what matches show"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, its group in the help, and one line that says what it does."""

    name: str
    group: Group
    summary: str

    @property
    def words(self) -> tuple[str, ...]:
        """What is typed after ``git pbm``: one word, or two."""
        return tuple(self.name.split())


CHANGING, LOOKING, CHECKING, EVALUATING = Group

COMMANDS = (
    Command("init", CHANGING, "set up a models repository"),
    Command("add", CHANGING, "add a model: copy, describe, promote, commit and deploy it"),
    Command("annotate", CHANGING, "edit a model's notes and metrics"),
    Command("promote", CHANGING, "make a model current"),
    Command("rollback", CHANGING, "restore the previous current model"),
    Command("undo", CHANGING, "take back the last commit of git pbm, where nobody else has it"),
    Command("retag", CHANGING, "correct the tag of the model that was added last, where nobody else has it"),
    Command("remove", CHANGING, "remove a model that is neither current nor a parent"),
    Command("deploy", CHANGING, "copy a model to the engine's folder, or check what is there"),
    Command("list", LOOKING, "list the models"),
    Command("show", LOOKING, "show one model"),
    Command("lineage", LOOKING, "show which model was trained from which"),
    Command("history", LOOKING, "show when each model was current"),
    Command("diff", LOOKING, "compare two models or more"),
    Command("path", LOOKING, "print the path of a model"),
    Command("which", LOOKING, "identify the model of a file by its content"),
    Command("completion", LOOKING, "print the completion file for bash, fish or zsh"),
    Command("status", LOOKING, "show what is current, deployed and installed, and what is left to do"),
    Command("repair", CHECKING, "rebuild generated files; finish or undo an interrupted command"),
    Command("resolve", CHECKING, "resolve a merge: choose the current model, rebuild generated files"),
    Command("check", CHECKING, "check a registry against every rule"),
    Command("explain", CHECKING, "explain why a rule exists and how to fix a finding"),
    Command("eval add", EVALUATING, "record the results of a match of a model"),
    Command("eval list", EVALUATING, "list evaluations"),
    Command("eval show", EVALUATING, "show one evaluation"),
    Command("eval check", EVALUATING, "import the files of an evaluation again, and compare"),
    Command("eval retract", EVALUATING, "say that an evaluation is wrong; it stays, and does not count"),
    Command("gate", EVALUATING, "ask whether a candidate has shown enough to become current"),
    Command("ladder", EVALUATING, "rate models by all evaluations that count: Elo with 95 % intervals"),
)


_RETAG = "git pbm retag MODEL TAG corrects the tag of a model that was just added and not pushed; later a tag stays"
_OTHER_WORDS = {
    "delete": "git pbm remove MODEL --why TEXT removes a model",
    "rm": "git pbm remove MODEL --why TEXT removes a model",
    "rename": _RETAG,
    "mv": _RETAG,
    "log": "git pbm history shows when each model was current",
    "info": "git pbm show MODEL shows one model",
}
"""What people type who know other tools, and the command that does it."""


class CommandModule(Protocol):
    """The interface of a command's module."""

    EXAMPLES: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's options to its parser."""

    def run(self, args: argparse.Namespace) -> Result:
        """Do what the options ask for. Raises :class:`PbmError`."""


class Parser(argparse.ArgumentParser):
    """A parser that raises ``UsageError``: one line that says what to type."""

    @property
    def actions(self) -> tuple[argparse.Action, ...]:
        """The options and arguments, in order."""
        return tuple(self._actions)

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As its parent's, with ``--sort -kl`` read as ``--sort=-kl``."""
        return super().parse_known_args(None if args is None else _with_descending_sort(args), namespace)

    def error(self, message: str) -> NoReturn:
        """Raise ``UsageError`` in place of leaving the program."""
        raise UsageError(message, f"{self.prog} -h shows the usage")


def module_of(name: str) -> CommandModule:
    """Import and return the module of a command."""
    return cast(CommandModule, importlib.import_module(f"git_pbm.cli.{name.replace(' ', '_')}"))


def parser_of(command: Command) -> Parser:
    """Return the parser of a command; help, man page and completion are made from it."""
    module = module_of(command.name)
    parser = Parser(
        prog=f"git pbm {command.name}",
        description=f"{command.summary[0].upper()}{command.summary[1:]}.",
        epilog=f"examples:\n{module.EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(format=OutputFormat.TEXT.value)  # for the commands that have one format
    module.configure(parser)
    parser.usage = _short_usage(parser)
    return parser


_LISTED = 6
"""Options that the usage line names one by one; of more it says that there are some, for the list follows."""


def _short_usage(parser: Parser) -> str | None:
    """The usage of a command of many options: what has to be given, and ``[options]``; None for argparse's own."""
    optional = [action for action in parser.actions if action.option_strings and not action.required]
    if len(optional) <= _LISTED:
        return None
    words = []
    for action in parser.actions:
        name = str(action.metavar or action.dest.upper())
        if not action.option_strings:
            words.append(name if action.required else f"[{name}]")
        elif action.required:
            words.append(f"{action.option_strings[0]} {name}")
    return " ".join([parser.prog, *words, "[options]"])


def dispatch(argv: list[str]) -> int:
    """Run the command that the arguments name."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print_data(overview())
        return ExitCode.OK if argv else ExitCode.USAGE
    command = command_of(argv)
    if command is None:
        raise _unknown(argv)
    name, rest = command.name, argv[len(command.words) :]
    try:
        parsed = parser_of(command).parse_args(rest)
    except SystemExit:  # -h has printed its text
        return ExitCode.OK
    result = module_of(name).run(parsed)
    try:
        render(result, OutputFormat(parsed.format))
        flush_data()
    except OutputError as error:
        if result.failure is not None:
            raise result.failure from error
        if result.done is None:
            raise
        raise NotPrintedError(
            f"{result.done}; standard output does not take the report: {error.strerror}",
            "do not run it again; git pbm status shows how things are",
        ) from error
    if result.failure is not None:
        tell(result.failure)
    return result.exit_code


def command_of(argv: Sequence[str]) -> Command | None:
    """Return the command that arguments begin with; None where they begin with none."""
    return next((command for command in COMMANDS if command.words == tuple(argv[: len(command.words)])), None)


def _unknown(argv: Sequence[str]) -> UsageError:
    more = [command.words[1] for command in COMMANDS if len(command.words) > 1 and command.words[0] == argv[0]]
    if more:
        return UsageError(f"git pbm {argv[0]} needs one of {', '.join(more)}", f"git pbm {argv[0]} {more[0]} -h")
    return UsageError(f"{argv[0]!r} is not a git pbm command", _nearest(argv[0]))


def _with_descending_sort(argv: list[str]) -> list[str]:
    """``--sort -kl`` as ``--sort=-kl``: argparse takes the second word for an option, and git's users do not."""
    joined: list[str] = []
    for word in argv:
        if joined[-1:] == ["--sort"] and word.startswith("-") and not word.startswith("--"):
            joined[-1] = f"--sort={word}"
        else:
            joined.append(word)
    return joined


def overview() -> str:
    """Return what ``git pbm -h`` prints."""
    lines = ["usage: git pbm [--version] <command> [<args>]", ""]
    for group in Group:
        members = [command for command in COMMANDS if command.group == group]
        lines += (
            [group.value, *(f"   {command.name:<12} {command.summary}" for command in members), ""] if members else []
        )
    return "\n".join([*lines, "git pbm <command> -h shows its options and examples."])


def _nearest(name: str) -> str:
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    import difflib

    near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else "git pbm -h lists the commands"


def add_json(parser: argparse.ArgumentParser, *others: OutputFormat) -> None:
    """Add ``--format`` and its short form ``--json``; ``others`` are the formats besides text and JSON."""
    formats = [each.value for each in OutputFormat if each in (OutputFormat.TEXT, OutputFormat.JSON, *others)]
    parser.add_argument("--format", choices=formats, default="text", help="the output format (default: %(default)s)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
