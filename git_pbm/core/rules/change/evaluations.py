"""The rules about what a step of history does to evaluations: none changes or goes, new ones are of known models."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, Retraction
from git_pbm.core.names import EVALUATIONS_PATH, METADATA_NAME
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.changed_models import models_named
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.rules.rule import Problem, Remark

_RETRACT = "an evaluation that is wrong is retracted: git pbm eval retract EVAL --why TEXT"


def evals_are_append_only(change: Change) -> Iterator[Remark]:
    """No evaluation is changed or removed, by a merge neither.

    Who may drop the matches that a model lost needs to win only once. A wrong evaluation is retracted, with a reason,
    and stays to be seen. What never was one (other files, malformed ones, or under another name) may be taken away.

    To fix it: put the file back (`git checkout COMMIT -- PATH`); retract the evaluation if it is wrong:
    `git pbm eval retract EVAL --why TEXT`.
    """
    for what, files in (("changed", change.evaluations.changed), ("removed", change.evaluations.removed)):
        for file in filter(lambda file: file.may_be_evaluation, files):
            remedy = f"git checkout {change.base} -- {file.path}"
            if change.base != "HEAD":
                remedy = f"git rebase -i {change.base}, and in that commit: {remedy}; git commit --amend"
            yield Problem(file.path, what, f"an evaluation was {what}", f"put it back: {remedy}; {_RETRACT}")


def evals_name_known_models(change: Change) -> Iterator[Remark]:
    """The commit that adds an evaluation has both models, with the very networks that played, and ended before it.

    Results of other bytes say nothing about the model that is here. A match that ends more than 24 hours after its
    commit is dated wrongly; the order of evaluations decides a sequential test. A retraction names evaluations of its
    own folder.

    To fix it: add the models first, then import the results: `git pbm eval add`.
    """
    for file in change.evaluations.added:
        if isinstance(file.content, Unavailable):
            yield file.content
        elif isinstance(file.document, Evaluation):
            yield from _of_match(change, file, file.document)
        elif isinstance(file.document, Retraction):
            yield from _of_retraction(change, file, file.document)


def _of_match(change: Change, file: LedgerFile, evaluation: Evaluation) -> Iterator[Remark]:
    for played in (evaluation.model, evaluation.opponent):
        if isinstance(played, EvaluatedModel):
            yield from _of_model(change, file, played)
    if change.latest and evaluation.ended > change.latest:
        message = f"it ended at {evaluation.ended}, more than a day after its commit"
        yield Problem(file.path, f"ended: {evaluation.ended}", message, "import it again with the right --ended TIME")


def _of_model(change: Change, file: LedgerFile, played: EvaluatedModel) -> Iterator[Remark]:
    model = models_named(change.after, [played.id]).get(played.id)
    if model is None or METADATA_NAME not in model.entries:
        yield Problem(
            file.path,
            f"unknown: {played.id}",
            f"it is of the model {played.tag} ({played.id}), which is not in this registry",
            f"add the model first: git pbm add POLICY --tag {played.tag}",
        )
        return
    digest = model.networks_digest
    if isinstance(digest, Unavailable):
        yield digest
    elif digest != played.networks:
        yield Problem(
            file.path,
            f"networks: {played.networks}",
            f"{played.id} had other networks when it played",
            "import the results of the model that is here: git pbm eval add",
        )


def _of_retraction(change: Change, file: LedgerFile, retraction: Retraction) -> Iterator[Remark]:
    there = {one.name: one for one in change.after.ledger.folder(retraction.model.id).values()}
    for name in retraction.retracts:
        target = there.get(name)
        if target is None or (isinstance(target.content, bytes) and not isinstance(target.document, Evaluation)):
            yield Problem(
                file.path,
                f"retracts: {name}",
                f"it retracts {name}, and {EVALUATIONS_PATH}/{retraction.model.id} has no such evaluation",
                "git pbm eval list MODEL shows the evaluations of a model",
            )
