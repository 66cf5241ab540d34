"""The rule that a commit's message names what the commit does; merges are the caller's affair."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import SET_UP, Named, named_by
from git_pbm.core.names import METADATA_NAME, MODELS_PATH, REGISTRY_PATH, tag_problem
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.changed_models import ChangedModels
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.rules.rule import Problem, Remark

_SAYS = {
    "add": "adds",
    "annotate": "annotates",
    "promote": "promotes",
    "roll back": "promotes",
    "remove": "removes",
    "evaluate": "evaluates",
    "retract": "retracts an evaluation of",
}


def message_names_the_change(change: Change) -> Iterator[Remark]:
    """A commit that adds or promotes a model names it, by tag or by id, anywhere in its message.

    History is where people look up when a model came and why it was played; a commit that says something
    else hides that. A subject in one of git pbm's own forms must be true: the model and the verb that it
    names are the ones of the commit. A revert quotes such a subject and says the opposite: the revert of an `add`
    removes that model, and the revert of what made a model current names the promotion that results.

    Holds from the second commit of a registry on. A commit that touches no model is free, and so are merges;
    a host's suffix like (#12) is accepted. (That a removal says so is `models-are-immutable`.)

    To fix it: `git commit --amend`, and for an older commit `git rebase -i`, with the message that
    `git pbm` would have written: `feat: add <tag> model (<id>)`, `chore: promote <tag> model (<id>)`.
    """
    subject = change.message.partition("\n")[0].strip()
    if not change.before.exists or (subject == SET_UP and change.before.document is None):
        return
    unread = [
        side.document_facts for side in (change.before, change.after) if isinstance(side.document_facts, Unavailable)
    ]
    if unread:
        yield from unread
        return
    doings = _Doings.of(change)
    named = named_by(subject)
    wrong = doings.contradiction(named) if named is not None else None
    if wrong is not None:
        remedy = doings.wording(min(doings.all))
        yield Problem(f"{MODELS_PATH}/{min(doings.all)}", subject, wrong, remedy)
        return
    for name in sorted({*doings.added, *doings.promoted}):
        if doings.is_named(name, change.message) or (named is not None and doings.follows(name, named)):
            continue
        lacking = doings.unread_metadata(name)
        if lacking is not None:
            yield lacking
        else:
            what = f"{' and '.join(verb for verb in ('adds', 'promotes') if name in doings.by_verb[verb])} {name}"
            path = f"{MODELS_PATH}/{name}" if name in doings.added else REGISTRY_PATH
            message = f"the commit {what}, and its message names neither that id nor the model's tag"
            yield Problem(path, what, message, doings.wording(name))


@dataclass(frozen=True)
class _Doings:
    """What a change does to which models; ``linked`` is what the link alone was turned to."""

    change: Change
    added: frozenset[str]
    annotated: frozenset[str]
    removed: frozenset[str]
    promoted: frozenset[str]
    linked: frozenset[str]

    @classmethod
    def of(cls, change: Change) -> _Doings:
        touched, before, after = ChangedModels.by(change), change.before, change.after
        current = after.document.current if after.document is not None else None
        return cls(
            change,
            frozenset(touched.added),
            frozenset(touched.kept),
            frozenset(touched.removed),
            frozenset([current] if current is not None and current != before.current_id else []),
            frozenset([after.link_id] if after.link_id is not None and after.link_id != before.link_id else []),
        )

    @property
    def by_verb(self) -> Mapping[str, frozenset[str]]:
        turned = self.promoted | self.linked
        return {"adds": self.added, "annotates": self.annotated, "removes": self.removed, "promotes": turned}

    @property
    def all(self) -> frozenset[str]:
        return self.added | self.annotated | self.removed | self.promoted | self.linked

    def follows(self, name: str, named: Named) -> bool:
        """Whether a promotion is what is left when the named change, which had made a model current, is reverted."""
        return named.is_reverted and name in self.promoted and self.change.before.current_id == named.model_id

    def contradiction(self, named: Named) -> str | None:
        """What is not true of a subject in one of git pbm's forms; None where the commit touches no model."""
        if not self.all:
            return None
        verb = _SAYS[named.verb]
        is_true = named.model_id in self.by_verb.get(verb, ())
        if named.is_reverted and verb == "promotes":
            verb = "takes back the promotion of"
            is_true = any(self.follows(name, named) for name in self.promoted)
        if not is_true:
            done = "; ".join(f"{v} {', '.join(sorted(names)[:3])}" for v, names in self.by_verb.items() if names)
            return f"the subject says that the commit {verb} {named.model_id}, and it {done}"
        tag = self.tag(named.model_id)
        if tag and named.tag not in (tag, named.model_id):
            return f"the subject calls {named.model_id} {named.tag}, and its tag is {tag}"
        return None

    def tag(self, name: str) -> str:
        """A model's tag; empty where it has none, or a malformed one."""
        metadata = self._model(name).metadata
        return metadata.tag if metadata is not None and tag_problem(metadata.tag) is None else ""

    def unread_metadata(self, name: str) -> Unavailable | None:
        """What keeps a model's tag from being known."""
        facts = self._model(name).facts(METADATA_NAME)
        return facts if isinstance(facts, Unavailable) else None

    def _model(self, name: str) -> Model:
        """A model as far as its tag goes: from before the change where it is gone after it."""
        snapshot = (self.change.before if name in self.removed else self.change.after).snapshot
        entry = snapshot.entries.get(f"{MODELS_PATH}/{name}/{METADATA_NAME}")
        return Model(name, {METADATA_NAME: entry} if entry is not None else {}, snapshot)

    def is_named(self, name: str, message: str) -> bool:
        """Whether a message holds a model's id (also as the beginning of its hash) or its tag, as a word."""
        if re.search(rf"(?<![0-9a-z]){re.escape(name)}", message.lower()):
            return True
        tag = self.tag(name)
        word = rf"(?<![a-z0-9._-]){re.escape(tag)}(?![a-z0-9_-]|\.[a-z0-9])"
        return bool(tag) and re.search(word, message.lower()) is not None

    def wording(self, name: str) -> str:
        """What to type to say it rightly."""
        tag = self.tag(name) or name
        form = "feat: add" if name in self.added else "chore: remove" if name in self.removed else "chore: promote"
        if name in self.annotated and name not in self.promoted | self.linked:
            form = "docs: annotate"
        return f"git commit --amend, with: {form} {tag} model ({name})"
