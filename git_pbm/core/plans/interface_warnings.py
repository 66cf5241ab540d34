"""What looks wrong about two sound networks, as warnings: files that are swapped, another interface than before."""

from __future__ import annotations

from git_pbm.core.names import NetworkRole
from git_pbm.core.onnx import OnnxSummary, interface_differences
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry


def interface_warnings(registry: Registry, policy: Facts, value: Facts | None, before: str | None) -> tuple[str, ...]:
    """A sentence for each doubt; ``before`` is the id of the model whose interface the new one should have."""
    found: list[str] = []
    is_swapped = policy.onnx is not None and looks_like_value(policy.onnx)
    if is_swapped:
        found.append("the policy's interface looks like a value net's: are the two files swapped?")
    elif policy.onnx and value and value.onnx and not looks_like_value(value.onnx):
        found.append("the value net's interface looks like a policy's: is it the right file?")
    model = registry.models.get(before or "")
    facts = model.facts(model.policy) if model and model.policy else None
    if policy.onnx is not None and model is not None and isinstance(facts, Facts) and facts.onnx is not None:
        differences = interface_differences(facts.onnx, policy.onnx)
        found += [f"the interface differs from {model.name}'s: {line}" for line in differences[:3]]
    return tuple(found)


def looks_like_value(network: OnnxSummary) -> bool:
    """Whether a network answers with a few numbers a position (``[batch, 4]``) and no orders: a value net's shape."""
    names = {port.name for port in network.outputs}
    if any(NetworkRole.POLICY in name or "logits" in name for name in names):
        return False
    if any(NetworkRole.VALUE in name for name in names):
        return True
    return len(network.outputs) == 1 and all(
        port.shape is not None and len(port.shape) <= 2 for port in network.outputs
    )
