"""The options of ``git pbm add``."""

from __future__ import annotations

import argparse
import os

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, add_metric_options, free_text, metrics_from, options_from
from git_pbm.core.plans.add import AddFields
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.add import AddRequest, AddResult, add
from git_pbm.report.progress import progress_bar

EXAMPLES = """\
  git pbm add policy_v2.onnx value_v2.onnx --tag supervised-v3
  git pbm add iter_4/models/policy_v2.onnx --tag rl-r2-i4 \\
      --metrics iter_4/checkpoints/rl_training_history.json
  git pbm add policy.onnx --tag rl-r2-i5 --no-promote --notes "dead end, kept for the ladder"
  git pbm add policy_v2.onnx --tag rl-r2-i6 --dry-run"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="the policy network, an ONNX file")
    parser.add_argument("value", metavar="VALUE", nargs="?", help="the value network, if there is one")
    parser.add_argument("--tag", required=True, help="the model's name: supervised-v<N>, rl-r<round>-i<iteration>, ...")
    parser.add_argument("--training", choices=("supervised", "rl_selfplay"), help="default: from the tag")
    parser.add_argument("--round", type=int, metavar="N", help="RL round (default: from the tag)")
    parser.add_argument("--iteration", type=int, metavar="N", help="RL iteration (default: from the tag)")
    parser.add_argument("--parent", metavar="MODEL", help="what it was trained from (RL: the current one)")
    parser.add_argument(
        "--params",
        type=free_text,
        metavar="COUNT",
        help="parameters, such as 15.36M (default: counted)",
    )
    parser.add_argument(
        "--created", type=free_text, metavar="DATE", help="date of the export, YYYY-MM-DD (default: today)"
    )
    parser.add_argument("--notes", type=free_text, metavar="TEXT", help="free text")
    add_metric_options(parser)
    parser.add_argument("--no-promote", action="store_true", help="add a candidate: what is current stays current")
    parser.add_argument("--again", action="store_true", help="add a model that was removed before")
    parser.add_argument("--as-given", action="store_true", help="take files that look like the wrong ones")
    add_change_options(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> AddResult:
    sizes = [os.path.getsize(path) for path in (args.policy, args.value) if path and os.path.isfile(path)]
    return add(
        Repository.discover(),
        AddRequest(
            policy=args.policy,
            value=args.value,
            fields=AddFields(
                tag=args.tag,
                training=args.training,
                round=args.round,
                iteration=args.iteration,
                params=args.params,
                notes=args.notes,
                created=args.created,
                promote=not args.no_promote,
                body=args.body,
                as_given=args.as_given,
            ),
            parent=args.parent,
            metrics=metrics_from(args),
            metrics_file=args.metrics,
            again=args.again,
        ),
        options_from(args, promotes=not args.no_promote),
        progress=progress_bar("copying", sum(sizes)),
    )
