"""Which models lie under a wrong name: that is one rule's finding, so the others do not miss them; judges nothing."""

from __future__ import annotations

from git_pbm.core.names import ID_DIGITS
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry


def misnamed_ids(registry: Registry) -> frozenset[str]:
    """Ids of the policies that lie in a directory of another name.

    Only these ids count as accounted for. That some directory is misnamed excuses no other id: an allowance
    for one old name would otherwise hide every dangling link to come.
    """
    found = set()
    for model in registry.unproven.values():
        if model.name_matches_hash is False and model.policy is not None:
            facts = model.facts(model.policy)
            if isinstance(facts, Facts):
                found.add(facts.sha256[:ID_DIGITS])
    return frozenset(found)
