"""The one table of the rules about one state of a registry."""

from __future__ import annotations

from git_pbm.core.findings import Severity
from git_pbm.core.rules.rule import Rule
from git_pbm.core.rules.state.allowances import allowances_are_used
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
