"""The one table of all rules, and the judge that runs them over a registry."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.core.findings import Finding, NotInspected, Outcome, Severity, Unverified, Verdict
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Rule
from git_pbm.core.rules.state.allowances import allowances_are_used, allowances_of, unused
from git_pbm.core.rules.state.current import current_is_a_link, current_resolves, registry_current_agrees
from git_pbm.core.rules.state.identity import (
    dir_name_is_policy_hash,
    files_match_digests,
    metadata_hash_is_policy_hash,
    no_stray_entries,
    one_policy_per_model,
)
from git_pbm.core.rules.state.metadata import (
    lineage_is_a_forest,
    metadata_is_strict_json,
    metadata_matches_schema,
    parent_exists,
    tag_agrees_with_fields,
)
from git_pbm.core.rules.state.networks import (
    lfs_is_pointer,
    onnx_is_a_model,
    onnx_is_binary,
    onnx_is_self_contained,
    params_agree,
)
from git_pbm.core.rules.state.registry_document import (
    readme_is_up_to_date,
    registry_agrees_with_metadata,
    registry_is_strict_json,
    registry_lists_every_model,
    registry_matches_schema,
    tags_are_unique,
)

E, W = Severity.ERROR, Severity.WARNING

STATE_RULES: tuple[Rule, ...] = (
    Rule("pbm-model-hash", E, dir_name_is_policy_hash),
    Rule("pbm-model-hash", E, metadata_hash_is_policy_hash),
    Rule("pbm-model-hash", E, files_match_digests),
    Rule("pbm-model-hash", E, one_policy_per_model),
    Rule("pbm-model-hash", E, no_stray_entries),
    Rule("pbm-model-hash", E, onnx_is_binary),
    Rule("pbm-model-hash", E, lfs_is_pointer),
    Rule("pbm-metadata", E, metadata_is_strict_json),
    Rule("pbm-metadata", E, metadata_matches_schema),
    Rule("pbm-metadata", E, tag_agrees_with_fields),
    Rule("pbm-metadata", E, parent_exists),
    Rule("pbm-metadata", E, lineage_is_a_forest),
    Rule("pbm-registry", E, registry_is_strict_json),
    Rule("pbm-registry", E, registry_matches_schema),
    Rule("pbm-registry", E, registry_lists_every_model),
    Rule("pbm-registry", E, registry_agrees_with_metadata),
    Rule("pbm-registry", E, tags_are_unique),
    Rule("pbm-registry", E, readme_is_up_to_date),
    Rule("pbm-registry", E, allowances_are_used),
    Rule("pbm-current", E, current_is_a_link),
    Rule("pbm-current", E, current_resolves),
    Rule("pbm-current", E, registry_current_agrees),
    Rule("pbm-onnx", E, onnx_is_a_model),
    Rule("pbm-onnx", E, onnx_is_self_contained),
    Rule("pbm-onnx", W, params_agree),
)

VERIFY = "pbm-verify"


def rules_of(hook_id: str) -> tuple[Rule, ...]:
    """The rules that a hook runs; ``pbm-verify`` runs all."""
    return tuple(rule for rule in STATE_RULES if hook_id in (rule.hook, VERIFY))


def judge(registry: Registry, rules: Sequence[Rule] = STATE_RULES) -> Verdict:
    """What the rules say about a registry, allowances applied; nothing where there is no registry.

    Whether an allowance is used only all rules together can tell, so they run where that is asked.
    """
    if not registry.exists:
        return Verdict()
    outcomes = _outcomes(registry, rules)
    allowed = allowances_of(registry)
    if not allowed:
        return _verdict(outcomes)
    pinned = {allowance.identity for allowance in allowed}
    kept = [o for o in outcomes if not (isinstance(o, Finding) and o.identity in pinned)]
    if any(rule.judge is allowances_are_used for rule in rules):
        every = outcomes if len(rules) == len(STATE_RULES) else _outcomes(registry, STATE_RULES)
        kept.extend(unused(allowed, every))
    return _verdict(kept)


def _outcomes(registry: Registry, rules: Sequence[Rule]) -> list[Outcome]:
    return [outcome for rule in rules for outcome in rule.judge(registry)]


def _verdict(outcomes: list[Outcome]) -> Verdict:
    findings = {o.identity: o for o in outcomes if isinstance(o, Finding)}
    unverified = {o.path: o for o in outcomes if isinstance(o, Unverified)}
    unseen = {o.path: o for o in outcomes if isinstance(o, NotInspected)}
    return Verdict(
        tuple(sorted(findings.values(), key=lambda finding: finding.path)),
        tuple(unverified[path] for path in sorted(unverified)),
        tuple(unseen[path] for path in sorted(unseen)),
    )
