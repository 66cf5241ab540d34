"""Rules about evaluations: each file for itself, and the logs of two models' evaluations."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from git_pbm.core.documents.strict_json import DocumentProblem
from git_pbm.core.names import ALLOWANCES_PATH, EVALUATIONS_PATH
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LEDGER_FILE_LIMIT, LedgerFile
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import View

if TYPE_CHECKING:
    from git_pbm.core.evaluations.policy import Policy

_PATH = re.compile(rf"{EVALUATIONS_PATH}/[0-9a-f]{{8}}/[0-9a-f]{{16}}\.json")
_TAKE_OUT = "git rm --cached --ignore-unmatch {0}, then move it away"
_ANEW = "import the results again: git pbm eval add MODEL --against MODEL --from FILE"


def evals_are_strict_json(file: LedgerFile, registry: Registry) -> Iterator[Remark]:
    """Every file below evals/ is evals/<model id>/<16 hex digits>.json: a regular file of strict JSON, 1 MiB at most.

    A verdict is computed from these files by anybody, years later, with any reader of JSON; two readers that take
    one file for two things would come to two verdicts.

    To fix it: take the file out of the commit (`git rm --cached PATH`) and move it away; `git pbm eval add` writes
    evaluations.
    """
    del registry
    if isinstance(file.content, Unavailable):
        yield file.content
    elif _PATH.fullmatch(file.path) is None:
        message = f"not the path of an evaluation: {EVALUATIONS_PATH}/<model id>/<16 hex digits>.json"
        yield Problem(file.path, "stray", message, _TAKE_OUT.format(shlex.quote(file.path)))
    elif file.content is None:
        message = f"not a regular file of at most {LEDGER_FILE_LIMIT >> 20} MiB"
        yield Problem(file.path, "not a file", message, _TAKE_OUT.format(shlex.quote(file.path)))
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
    """An evaluation is in the folder of its model, named by the first 16 hex digits of its own SHA-256.

    So no evaluation can be edited without a new name, two branches never write one path, and the same results are
    the same file. The text is canonical: two spaces, ASCII, fields in the order of the schema.

    To fix it: let `git pbm eval add` write the file; never edit one.
    """
    del registry
    if file.document is None:
        return
    if file.path != file.place:
        yield Problem(file.path, file.place or "", f"by its content it belongs at {file.place}", _ANEW)
    elif not file.is_canonical:
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

    To fix it: take the second evaluation out of the commit, or retract the first, which then counts nothing:
    `git pbm eval retract EVAL --why TEXT`.
    """
    from git_pbm.core.evaluations.evaluation import Evaluation, path_of
    from git_pbm.core.evaluations.ledger_files import of_pair

    document = file.document
    if not isinstance(document, Evaluation):
        return
    found = of_pair(registry.ledger, (document.model.key, document.opponent.key))
    yield from found.lacking
    if file.name in found.retracted:
        return
    own = {log.sha256 for log in document.logs}
    for name, other in found.valid.items():
        if name != file.name:
            for digest in sorted(own & {log.sha256 for log in other.logs}):
                message = f"{path_of(other)} counts the log {digest[:16]} already"
                yield Problem(file.path, f"{digest} in {name}", message, _TAKE_OUT.format(shlex.quote(file.path)))


def policy_is_well_formed(view: View) -> Iterator[Remark]:
    """The tables [arena.NAME] of .pbm.toml say how models meet, and [gate] what a candidate must show there.

    An evaluation belongs to an arena only with exactly its configuration; a misspelt key would part the two
    silently. A misspelt key of the gate would let through what it was meant to stop.

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
    return "arena" in text or "gate" in text


def _policy(registry: Registry) -> Policy | None:
    from git_pbm.core.evaluations.policy import PolicyProblem, policy_in

    try:
        return policy_in(registry.allowances_text or "")
    except PolicyProblem:
        return None
