"""The one table of the rules: which hook runs each, how much it weighs, what it looks at."""

from __future__ import annotations

from git_pbm.core.findings import Severity
from git_pbm.core.rules.change.commit_names_models import message_names_the_change
from git_pbm.core.rules.change.evaluations import evals_are_append_only, evals_name_known_models
from git_pbm.core.rules.change.gate import gate_is_met
from git_pbm.core.rules.change.immutability import models_are_immutable
from git_pbm.core.rules.rule import Document, EachEvaluation, EachKey, EachModel, Rule, Step
from git_pbm.core.rules.state.allowances import allowances_are_used
from git_pbm.core.rules.state.current import current_is_a_link, current_resolves, registry_current_agrees
from git_pbm.core.rules.state.evaluations import (
    evals_add_up,
    evals_are_named_by_hash,
    evals_are_strict_json,
    evals_match_schema,
    logs_count_once,
    policy_is_well_formed,
)
from git_pbm.core.rules.state.identity import (
    dir_name_is_policy_hash,
    files_match_digests,
    metadata_hash_is_policy_hash,
    one_policy_per_model,
)
from git_pbm.core.rules.state.lineage import id_and_parent, lineage_is_a_forest, parent_exists
from git_pbm.core.rules.state.metadata import metadata_is_strict_json, metadata_matches_schema, tag_agrees_with_fields
from git_pbm.core.rules.state.networks import (
    lfs_is_pointer,
    onnx_is_a_model,
    onnx_is_binary,
    onnx_is_self_contained,
    params_agree,
)
from git_pbm.core.rules.state.registry_document import (
    listed_ids,
    own_ids,
    own_name,
    own_tag,
    readme_is_up_to_date,
    registry_agrees_with_metadata,
    registry_is_strict_json,
    registry_lists_every_model,
    registry_matches_schema,
    tags_are_unique,
)
from git_pbm.core.rules.state.strays import no_stray_entries

E, W = Severity.ERROR, Severity.WARNING


STATE_RULES: tuple[Rule, ...] = (
    Rule("pbm-model-hash", E, EachModel(dir_name_is_policy_hash)),
    Rule("pbm-model-hash", E, EachModel(metadata_hash_is_policy_hash)),
    Rule("pbm-model-hash", E, EachModel(files_match_digests)),
    Rule("pbm-model-hash", E, EachModel(one_policy_per_model)),
    Rule("pbm-model-hash", E, Document(no_stray_entries)),
    Rule("pbm-model-hash", E, Document(onnx_is_binary)),
    Rule("pbm-model-hash", E, Document(lfs_is_pointer)),
    Rule("pbm-metadata", E, EachModel(metadata_is_strict_json)),
    Rule("pbm-metadata", E, EachModel(metadata_matches_schema)),
    Rule("pbm-metadata", E, EachModel(tag_agrees_with_fields)),
    Rule("pbm-metadata", E, EachKey(parent_exists, id_and_parent)),
    Rule("pbm-metadata", E, Document(lineage_is_a_forest)),
    Rule("pbm-registry", E, Document(registry_is_strict_json)),
    Rule("pbm-registry", E, Document(registry_matches_schema)),
    Rule("pbm-registry", E, EachKey(registry_lists_every_model, own_ids, listed_ids)),
    Rule("pbm-registry", E, EachKey(registry_agrees_with_metadata, own_name, listed_ids)),
    Rule("pbm-registry", E, EachKey(tags_are_unique, own_tag)),
    Rule("pbm-registry", E, Document(readme_is_up_to_date)),
    Rule("pbm-registry", E, Document(allowances_are_used)),
    Rule("pbm-current", E, Document(current_is_a_link)),
    Rule("pbm-current", E, Document(current_resolves)),
    Rule("pbm-current", E, Document(registry_current_agrees)),
    Rule("pbm-onnx", E, EachModel(onnx_is_a_model)),
    Rule("pbm-onnx", E, EachModel(onnx_is_self_contained)),
    Rule("pbm-onnx", W, EachModel(params_agree)),
    Rule("pbm-evals", E, EachEvaluation(evals_are_strict_json)),
    Rule("pbm-evals", E, EachEvaluation(evals_match_schema)),
    Rule("pbm-evals", E, EachEvaluation(evals_are_named_by_hash)),
    Rule("pbm-evals", E, EachEvaluation(evals_add_up)),
    Rule("pbm-evals", E, EachEvaluation(logs_count_once)),
    Rule("pbm-evals", E, Document(policy_is_well_formed)),
)

CHANGE_RULES: tuple[Rule, ...] = (
    Rule("pbm-message", E, Step(models_are_immutable)),
    Rule("pbm-message", E, Step(message_names_the_change)),
    Rule("pbm-message", E, Step(evals_are_append_only)),
    Rule("pbm-message", E, Step(evals_name_known_models)),
    Rule("pbm-message", E, Step(gate_is_met)),
)

IMMUTABILITY = CHANGE_RULES[:1]
"""What holds for merges, too: they are free in their message."""

ABOUT_EVALUATIONS = CHANGE_RULES[2:4]
"""What holds for merges, too."""

ABOUT_GATE = CHANGE_RULES[4]
"""What a whole range is held to, too."""

EVERY_RULE = (*STATE_RULES, *CHANGE_RULES)
"""What can be explained."""

VERIFY = "pbm-verify"


def rules_of(hook_id: str) -> tuple[Rule, ...]:
    """The rules about a state that a hook runs; ``pbm-verify`` runs all."""
    return tuple(rule for rule in STATE_RULES if hook_id in (rule.hook, VERIFY))
