"""What a changing command did, or would do, as lines and as JSON."""

from __future__ import annotations

from git_pbm.core.documents.strict_json import JsonValue, read_json
from git_pbm.core.names import METADATA_NAME
from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.operations.changing.add import AddResult
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.repair import RepairResult
from git_pbm.operations.deployment import DeployResult
from git_pbm.operations.unit_of_work import CommitResult
from git_pbm.report.terminal import print_data, print_json, print_message, sanitize, styled
from git_pbm.report.text.deployment import write_if_deployed
from git_pbm.transaction.recovery import Recovered


def report_added(added: AddResult, style: str) -> None:
    """What ``add`` did, would do, or need not do: the model is there already."""
    there = added.there
    if there is None:
        _report_made(added.model_id, added.changed, added.planned, style)
    elif style == "json":
        more: dict[str, object] = {"tag": there.tag, "added": False, "differences": list(there.differences)}
        print_json({**_unchanged_json(there.model_id, added.deployed), **more})
    else:
        print_data(f"{sanitize(there.tag)} is model {there.model_id} already; nothing was added")
        for line in there.differences:
            print_message(sanitize(line))
        write_if_deployed(added.deployed)


def report_model_change(result: ModelChangeResult, style: str, nothing: str) -> None:
    """What a command did to one model."""
    if result.changed is not None or result.planned is not None:
        _report_made(result.model_id, result.changed, result.planned, style)
    elif style == "json":
        print_json(_unchanged_json(result.model_id, result.deployed))
    else:
        print_data(nothing)
        write_if_deployed(result.deployed)


def report_change(changed: CommitResult) -> None:
    """A few lines: the commit, the engine, and what recovery healed before."""
    warn(changed.warnings)
    report_recovery(changed.recovered)
    subject = sanitize(changed.plan.message.subject)
    if changed.commit is None:
        print_data(f"staged: {subject}")
        print_message("commit it with: git commit")
    else:
        print_data(f"[{styled(changed.commit[:10], 'warning')}] {subject}")
    write_if_deployed(changed.deployed)


def _report_made(model_id: str, changed: CommitResult | None, planned: Plan | None, style: str) -> None:
    if style == "json":
        print_json(_made_json(model_id, changed, planned))
    elif changed is not None:
        report_change(changed)
    elif planned is not None:
        report_plan(planned)


def _made_json(model_id: str, changed: CommitResult | None, planned: Plan | None) -> dict[str, object]:
    """What a changing command did, or with ``--dry-run`` would do."""
    plan = changed.plan if changed is not None else planned
    if plan is None:
        return _unchanged_json(model_id, None)
    return {
        "id": model_id,
        "message": plan.message.subject,
        "paths": list(plan.paths),
        "metadata": _metadata_of(plan),
        "warnings": list(changed.warnings if changed is not None else plan.warnings),
        "changed": changed is not None,
        "commit": changed.commit if changed is not None else None,
        "deployed": changed.deployed.folder if changed is not None and changed.deployed else None,
    }


def _unchanged_json(model_id: str, deployed: DeployResult | None) -> dict[str, object]:
    return {"id": model_id, "changed": False, "deployed": deployed.folder if deployed else None}


def report_repair(repaired: RepairResult, style: str) -> int:
    """What repair did (0; 5 but for a deployment), or would do (1 where there is something)."""
    status = 1 if repaired.has_work and not repaired.applied else 0
    if repaired.recovered and repaired.recovered.left:
        status = 5  # as a command that committed, and could not deploy
    plan = repaired.plan
    if style == "json":
        print_json(
            {
                "applied": repaired.applied,
                "paths": list(plan.paths) if plan else [],
                "interrupted": repaired.interrupted,
                "recovered": repaired.recovered.command if repaired.recovered else None,
                "torn_index": repaired.torn_index,
                "mismatches": list(repaired.mismatches),
                "warnings": list(repaired.warnings),
            }
        )
        return status
    verb = "wrote" if repaired.applied else "would write"
    report_recovery(repaired.recovered)
    if repaired.interrupted:
        print_data(f"would finish or undo `git pbm {sanitize(repaired.interrupted)}`, which was interrupted")
    if repaired.torn_index:
        print_data(
            f"{'rebuilt' if repaired.applied else 'would rebuild'} git's index from HEAD (what was staged is lost)"
        )
    for path in plan.paths if plan else ():
        print_data(f"{verb} {sanitize(path)}")
    warn(repaired.warnings)
    for path in repaired.mismatches:
        name = sanitize(path)
        print_message(
            f"{name}: not touched: its bytes are not the registered ones -> git log --oneline -- {name}; "
            f"git checkout <commit> -- {name}"
        )
    if not repaired.has_work and repaired.recovered is None:
        print_data("nothing to repair")
    elif repaired.applied and plan:
        print_message("the files are staged; commit them: git commit")
    elif not repaired.applied:
        print_message("nothing was changed; to do it: git pbm repair --apply")
    return status


def report_recovery(recovered: Recovered | None) -> None:
    """One line about an interrupted command that was healed first."""
    if recovered is not None:
        did = "finished" if recovered.forward else "undid"
        print_message(f"note: {did} `git pbm {sanitize(recovered.command)}`, which had been interrupted")
        if recovered.left:
            print_message(f"warning: {sanitize(recovered.left)}")


def report_plan(plan: Plan) -> None:
    """What would be done, one line a path, and the message of the commit."""
    warn(plan.warnings)
    for edit in plan.edits:
        match edit:
            case Restage(path):
                print_data(f"would store   {sanitize(path)} in Git LFS")
            case PutNetwork(path, facts):
                print_data(f"would write   {sanitize(path)} ({facts.size} bytes, sha256 {facts.sha256})")
            case WriteText(path, content):
                print_data(f"would write   {sanitize(path)} ({len(content)} bytes)")
            case SetLink(path, target):
                print_data(f"would link    {path} -> {target}")
            case Delete(path):
                print_data(f"would delete  {sanitize(path)}")
    print_data(f"would commit  {sanitize(plan.message.subject)}")
    for line in plan.message.body.splitlines():
        print_data(f"              {sanitize(line)}".rstrip())
    print_message("nothing was changed (--dry-run)")


def warn(warnings: tuple[str, ...]) -> None:
    """Warnings, one a line."""
    for line in warnings:
        print_message(f"warning: {sanitize(line)}")


def _metadata_of(plan: Plan) -> JsonValue:
    for edit in plan.edits:
        if isinstance(edit, WriteText) and edit.path.endswith(f"/{METADATA_NAME}"):
            return read_json(edit.content, len(edit.content))
    return None
