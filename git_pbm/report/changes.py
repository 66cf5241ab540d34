"""What a changing command did, or would do, as lines and as JSON."""

from __future__ import annotations

import json

from git_pbm.core.names import METADATA_NAME
from git_pbm.core.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.core.strict_json import JsonValue, read_json
from git_pbm.operations.change import Changed
from git_pbm.operations.life import Lived
from git_pbm.operations.repair import Repaired
from git_pbm.report.terminal import out, say, shown, styled
from git_pbm.store.recover import Recovered


def report_change(changed: Changed) -> None:
    """A few lines: the commit, the engine, and what recovery healed before."""
    report_recovery(changed.recovered)
    subject = shown(changed.plan.message.subject)
    if changed.commit is None:
        out(f"staged: {subject}")
        say("commit it with: git commit")
    else:
        out(f"[{styled(changed.commit[:10], 'warning')}] {subject}")
    if changed.deployed is not None:
        gone = f" (took away {', '.join(changed.deployed.taken_away)})" if changed.deployed.taken_away else ""
        out(f"deployed {changed.deployed.model_id} to {shown(changed.deployed.folder)}{gone}")


def report_lived(lived: Lived, style: str, nothing: str) -> None:
    """What a command did to one model."""
    plan = lived.changed.plan if lived.changed else lived.planned
    if style == "json":
        value: dict[str, object] = {"version": 1, "id": lived.model_id, "changed": False}
        if plan is not None:
            value = {**planned_json(lived.model_id, plan), "changed": lived.changed is not None}
        if lived.changed is not None:
            value["commit"] = lived.changed.commit
        value["deployed"] = lived.deployed.folder if lived.deployed else None
        out(json.dumps(value, indent=2, ensure_ascii=True))
        return
    if lived.changed is not None:
        for line in lived.changed.warnings:
            say(f"warning: {shown(line)}")
        report_change(lived.changed)
    elif lived.planned is not None:
        report_plan(lived.planned)
    else:
        out(nothing)
        if lived.deployed is not None:
            out(f"deployed {lived.deployed.model_id} to {shown(lived.deployed.folder)}")


def report_repair(repaired: Repaired, style: str) -> int:
    """What repair did (0), or would do (1 where there is something)."""
    status = 1 if repaired.has_work and not repaired.applied else 0
    plan = repaired.plan
    if style == "json":
        value = {
            "version": 1,
            "applied": repaired.applied,
            "paths": list(plan.paths) if plan else [],
            "interrupted": repaired.interrupted,
            "recovered": repaired.recovered.command if repaired.recovered else None,
            "torn_index": repaired.torn_index,
            "mismatches": list(repaired.mismatches),
        }
        out(json.dumps(value, indent=2, ensure_ascii=True))
        return status
    verb = "wrote" if repaired.applied else "would write"
    report_recovery(repaired.recovered)
    if repaired.interrupted:
        out(f"would finish or undo `git pbm {shown(repaired.interrupted)}`, which was interrupted")
    if repaired.torn_index:
        out(f"{'rebuilt' if repaired.applied else 'would rebuild'} git's index from HEAD (what was staged is lost)")
    for path in plan.paths if plan else ():
        out(f"{verb} {shown(path)}")
    for path in repaired.mismatches:
        name = shown(path)
        say(
            f"{name}: not touched: its bytes are not the registered ones -> git log --oneline -- {name}; "
            f"git checkout <commit> -- {name}"
        )
    if not repaired.has_work and repaired.recovered is None:
        out("nothing to repair")
    elif repaired.applied and plan:
        say("the files are staged; commit them: git commit")
    elif not repaired.applied:
        say("nothing was changed; to do it: git pbm repair --apply")
    return status


def report_recovery(recovered: Recovered | None) -> None:
    """One line about an interrupted command that was healed first."""
    if recovered is not None:
        did = "finished" if recovered.forward else "undid"
        say(f"note: {did} `git pbm {shown(recovered.command)}`, which had been interrupted")


def report_plan(plan: Plan) -> None:
    """What would be done, one line a path."""
    for edit in plan.edits:
        match edit:
            case Restage(path):
                out(f"would store   {shown(path)} in Git LFS")
            case PutNetwork(path, facts):
                out(f"would write   {shown(path)} ({facts.size} bytes, sha256 {facts.sha256})")
            case WriteText(path, content):
                out(f"would write   {shown(path)} ({len(content)} bytes)")
            case SetLink(path, target):
                out(f"would link    {path} -> {target}")
            case Delete(path):
                out(f"would delete  {shown(path)}")
    out(f"would commit  {shown(plan.message.subject)}")
    say("nothing was changed (--dry-run)")


def changed_json(model_id: str, changed: Changed) -> dict[str, object]:
    """The object that a changing command prints with ``--json``."""
    return {
        **planned_json(model_id, changed.plan),
        "commit": changed.commit,
        "deployed": changed.deployed.folder if changed.deployed else None,
    }


def planned_json(model_id: str, plan: Plan) -> dict[str, object]:
    """What a plan changes, for ``--dry-run --json``."""
    return {
        "version": 1,
        "id": model_id,
        "message": plan.message.subject,
        "paths": list(plan.paths),
        "metadata": _metadata_of(plan),
        "warnings": list(plan.warnings),
    }


def _metadata_of(plan: Plan) -> JsonValue:
    for edit in plan.edits:
        if isinstance(edit, WriteText) and edit.path.endswith(f"/{METADATA_NAME}"):
            return read_json(edit.content, len(edit.content))
    return None
