"""Options that several commands share."""

from __future__ import annotations

import argparse
import math

from git_pbm.core.documents.metadata import METRICS
from git_pbm.core.documents.own_metrics import parse_metrics
from git_pbm.core.documents.training_history import Metrics
from git_pbm.errors import UsageError
from git_pbm.operations.unit_of_work import DEFAULT_WAIT, ChangeOptions, Mode


def add_metric_options(parser: argparse.ArgumentParser) -> None:
    """Add the metrics of a training run."""
    group = parser.add_argument_group("metrics")
    group.add_argument("--metrics", metavar="FILE", help="a training history, or a JSON object of metrics")
    group.add_argument(
        "--metric",
        metavar="NAME=NUMBER",
        action="append",
        default=[],
        help="a metric of your own, such as elo=1958 (may be repeated); NAME= removes it",
    )
    group.add_argument("--best-epoch", type=int, metavar="N", help="the epoch that was exported")
    group.add_argument("--best-loss", type=_finite, metavar="X")
    group.add_argument("--entropy", type=_finite, metavar="X")
    group.add_argument("--kl", type=_finite, metavar="X")
    group.add_argument("--supervised-mix", type=_finite, metavar="X", help="share of supervised positions, 0 to 1 (RL)")


def metrics_from(args: argparse.Namespace) -> Metrics:
    """The metrics that were said on the command line."""
    said: dict[str, int | float | None] = {name: getattr(args, name) for name in METRICS}
    given = parse_metrics(args.metric)
    for name in METRICS:
        if name not in given:
            continue
        if said[name] is not None and said[name] != given[name]:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{option} {said[name]} contradicts --metric {name}={given[name]}", "leave one of them out"
            )
        said[name] = given.pop(name)
    epoch = said["best_epoch"]
    if isinstance(epoch, float):
        raise UsageError(f"--metric best_epoch={epoch}: an epoch is an integer", "give its number")
    return Metrics(
        best_epoch=epoch,
        best_loss=said["best_loss"],
        entropy=said["entropy"],
        kl=said["kl"],
        supervised_mix=said["supervised_mix"],
        own=given,
    )


def add_change_options(parser: argparse.ArgumentParser, *, deploys: bool = True, body: bool = True) -> None:
    """Add the options of every changing command."""
    group = parser.add_argument_group("how")
    parser.set_defaults(no_deploy=False)  # for commands without --no-deploy
    if deploys:
        group.add_argument("--no-deploy", action="store_true", help="leave the engine's folder as it is")
    group.add_argument("--no-commit", action="store_true", help="stage, do not commit or deploy")
    group.add_argument("--dry-run", action="store_true", help="show what would be done; change nothing")
    add_wait(group)
    if body:
        group.add_argument(
            "-m",
            dest="body",
            type=free_text,
            default="",
            metavar="BODY",
            help="body of the commit message",
        )
    group.add_argument("--no-verify", action="store_true", help="skip the hooks (CI still runs the rules)")


def add_wait(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add ``--wait``."""
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=DEFAULT_WAIT,
        metavar="SECONDS",
        help="wait for another git pbm (default: %(default)g)",
    )


def options_from(args: argparse.Namespace, *, promotes: bool = True) -> ChangeOptions:
    """Return the change options; a candidate and a staged change are never deployed."""
    return ChangeOptions(
        mode=Mode.STAGE if args.no_commit else Mode.COMMIT,
        preview=args.dry_run,
        verify=not args.no_verify,
        deploy=promotes and not args.no_commit and not args.no_deploy,
        wait=args.wait,
    )


def free_text(text: str) -> str:
    """Words for a document or a commit message: whatever is not UTF-8 on the command line is refused."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("not UTF-8") from None
    if "\0" in text:
        raise argparse.ArgumentTypeError("contains a NUL character")
    return text


def _finite(text: str) -> float:
    number = _number(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"not a finite number: {text}")
    return number


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 <= seconds < 10**6:
        raise argparse.ArgumentTypeError(f"not a number of seconds, 0 or more: {text}")
    return seconds


def _number(text: str) -> float:
    """Return the number, or NaN, so that one message covers both mistakes."""
    try:
        return float(text)
    except ValueError:
        return math.nan
