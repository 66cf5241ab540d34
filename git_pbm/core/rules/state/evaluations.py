"""Rules about evaluations: each file for itself, and the logs of two models' evaluations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from git_pbm.core.documents.strict_json import DocumentProblem
from git_pbm.core.names import ALLOWANCES_PATH, EVALUATIONS_PATH, is_id
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import View

if TYPE_CHECKING:
    from git_pbm.core.evaluations.evaluation import Evaluation
    from git_pbm.core.evaluations.policy import Policy

_PATH = re.compile(rf"{EVALUATIONS_PATH}/[0-9a-f]{{8}}/[0-9a-f]{{16}}\.json")
_ANEW = "import the results again: git pbm eval add MODEL --against MODEL --from FILE"


def evals_are_strict_json(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """Every file below evals/ is evals/<model id>/<16 hex digits>.json: a regular file of strict JSON, 1 MiB at most.

    A verdict is computed from these files by anybody, years later, with any reader of JSON; two readers that take
    one file for two things would come to two verdicts.

    To fix it: take the file out of the commit (`git rm --cached PATH`), and let `git pbm eval add` write it.
    """
    del registry
    if isinstance(file.content, Unavailable):
        yield file.content
    elif _PATH.fullmatch(file.path) is None:
        message = f"not the path of an evaluation: {EVALUATIONS_PATH}/<model id>/<16 hex digits>.json"
        yield Problem(file.path, "stray", message, f"take it out of the commit: git rm -f --cached {file.path}")
    elif file.content is None:
        yield Problem(file.path, "not a file", "not a regular file", f"git rm -f --cached {file.path}")
    elif isinstance(file.problem, DocumentProblem):
        yield Problem(file.path, str(file.problem), str(file.problem), _ANEW)


def evals_match_schema(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """Every evaluation has the fields of schemas/evaluation.schema.json, with their types and bounds.

    An unknown field, a fraction where whole numbers belong, or a text where a number belongs would be read in one
    way here and in another way elsewhere.

    To fix it: let `git pbm eval add` write the file again.
    """
    del registry
    if file.problem is not None and not isinstance(file.problem, DocumentProblem):
        yield Problem(file.path, str(file.problem), str(file.problem), _ANEW)


def evals_are_named_by_hash(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """An evaluation lies in the folder of its model, named by the first 16 hex digits of its own SHA-256.

    So no evaluation can be edited without a new name, two branches never write one path, and the same results are
    the same file. The text is canonical: two spaces, ASCII, fields in the order of the schema.

    To fix it: let `git pbm eval add` write the file; never edit one.
    """
    del registry
    from git_pbm.core.evaluations.evaluation_reader import is_canonical

    document, content = file.document, file.content
    if document is None or not isinstance(content, bytes):
        return
    digest = hashlib.sha256(content).hexdigest()[:16]
    place = f"{EVALUATIONS_PATH}/{document.model.id}/{digest}.json"
    if file.path != place:
        yield Problem(file.path, place, f"by its content it belongs at {place}", _ANEW)
    elif not is_canonical(document, content):
        yield Problem(file.path, "not canonical", "its text is not the canonical one", _ANEW)


def evals_add_up(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """The numbers of an evaluation agree: games, outcomes, seats, units and scores.

    Importers and people who type numbers make mistakes; a sum that does not fit is found before it decides.

    To fix it: look at the source of the results, and import it again.
    """
    from git_pbm.core.evaluations.evaluation import Evaluation
    from git_pbm.core.evaluations.sums import sum_problems

    document = file.document
    if isinstance(document, Evaluation):
        policy = _policy(registry)
        arena = policy.arenas.get(document.arena) if policy is not None else None
        for problem in sum_problems(document, arena.scoring if arena is not None else None):
            yield Problem(file.path, problem, problem, _ANEW)


def logs_count_once(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """A log is the source of one evaluation of a pair of models, whichever of the two is the evaluated one.

    The same games counted twice make a result look twice as sure. A log of a tournament holds games of many pairs,
    and is the source of one evaluation for each.

    To fix it: take the second evaluation out of the commit; where one has to go that is committed already, retract
    it: `git pbm eval retract EVAL --why TEXT`.
    """
    from git_pbm.core.evaluations.evaluation import Evaluation

    document = file.document
    if not isinstance(document, Evaluation):
        return
    own = {log.sha256 for log in document.logs}
    for other in _of_the_same_pair(document, registry):
        if isinstance(other.content, Unavailable):
            yield other.content
        elif other.path != file.path and isinstance(other.document, Evaluation):
            for digest in sorted(own & {log.sha256 for log in other.document.logs}):
                message = f"{other.path} counts the log {digest[:16]} already"
                yield Problem(file.path, f"{digest} in {other.name}", message, f"git rm -f --cached {file.path}")


def _of_the_same_pair(evaluation: Evaluation, registry: Registry) -> Iterator[LedgerFile]:
    """The files of two players' folders that are about the two, and those that cannot be read here."""
    from git_pbm.core.evaluations.evaluation import Evaluation

    pair = {evaluation.model.key, evaluation.opponent.key}
    for folder in sorted(filter(is_id, pair)):
        for other in registry.ledger.folder(folder).values():
            theirs = other.document
            if isinstance(theirs, Evaluation) and {theirs.model.key, theirs.opponent.key} != pair:
                continue
            yield other


def policy_is_well_formed(view: View) -> Iterator[Remark]:
    """The tables [arena.NAME] of .pbm.toml say how the model that is evaluated and its opponents meet.

    An evaluation belongs to an arena only with exactly its configuration; a misspelt key would part the two silently.

    To fix it: correct the key that the message names.
    """
    text = view.registry.allowances_text
    if text is None or not _says_policy(text):
        return
    from git_pbm.core.evaluations.policy import PolicyProblem, policy_in

    try:
        policy_in(text)
    except PolicyProblem as problem:
        yield Problem(ALLOWANCES_PATH, str(problem), str(problem), f"correct {ALLOWANCES_PATH}")


def _says_policy(text: str) -> bool:
    """Whether a text can hold a policy at all; most hold allowances alone, and are not parsed again."""
    return "arena" in text


def _policy(registry: Registry) -> Policy | None:
    from git_pbm.core.evaluations.policy import PolicyProblem, policy_in

    try:
        return policy_in(registry.allowances_text or "")
    except PolicyProblem:
        return None
