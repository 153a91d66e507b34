"""Reads a project with wandb.Api and reports every value under the name of a probe.

`probes.ts` asks the TypeScript Api the same questions under the same names; a new member becomes one line in both
files. Arguments: see `plan.ts`.
"""

import json
import tempfile

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
ENTITY, PROJECT = PLAN["entity"], PLAN["project"]
PATH = f"{ENTITY}/{PROJECT}"


def deep(value):
    """A summary as plain values: its nested parts are dict-like objects of their own."""
    if hasattr(value, "items"):
        return {key: deep(item) for key, item in value.items()}
    return value


def file_facts(file):
    return {
        "name": file.name,
        "size": file.size,
        "sizeBytes": int(file.sizeBytes),
        "mimetype": file.mimetype,
        "md5": file.md5,
        "url": file.url,
        "hasDirectUrl": bool(file.direct_url),
        "hasUpdatedAt": bool(file.updated_at),
    }


def read_file(run, name):
    with tempfile.TemporaryDirectory() as folder:
        with run.file(name).download(root=folder) as opened:
            path = opened.name
        with open(path, "rb") as file:
            return file.read()


def line_facts(line):
    return {
        "number": line.number,
        "timestamp": line.timestamp,
        "level": line.level,
        "label": line.label,
        "content": line.content,
    }


def list_files(run, **options):
    return sorted((file_facts(file) for file in run.files(**options)), key=lambda facts: facts["name"])


RUN_PROBES = {
    "id": lambda run: run.id,
    "storageId": lambda run: run.storage_id,
    "name": lambda run: run.name,
    "displayName": lambda run: run.display_name,
    "entity": lambda run: run.entity,
    "project": lambda run: run.project,
    "state": lambda run: run.state,
    "path": lambda run: run.path,
    "url": lambda run: run.url,
    "tags": lambda run: run.tags,
    "group": lambda run: run.group,
    "jobType": lambda run: run.job_type,
    "notes": lambda run: run.notes,
    "description": lambda run: run.description,
    "commit": lambda run: run.commit,
    "readOnly": lambda run: run.read_only,
    "createdAt": lambda run: run.created_at,
    "heartbeatAt": lambda run: run.heartbeat_at,
    "historyLineCount": lambda run: run.history_line_count,
    "historyKeys": lambda run: run.history_keys,
    "lastHistoryStep": lambda run: run.lastHistoryStep,
    "sweepName": lambda run: run.sweep_name,
    "user.username": lambda run: run.user.username,
    "user.name": lambda run: run.user.name,
    "config": lambda run: run.config,
    "rawConfig": lambda run: run.rawconfig,
    "jsonConfig": lambda run: json.loads(run.json_config),
    "summary": lambda run: deep(run.summary),
    "summary.keys": lambda run: sorted(run.summary.keys()),
    "summary.get absent": lambda run: run.summary.get("no such key", "default"),
    "summaryMetrics": lambda run: run.summary_metrics,
    "systemMetrics.keys": lambda run: sorted(run.system_metrics.keys()),
    "systemMetrics": lambda run: run.system_metrics,
    "metadata": lambda run: run.metadata,
    "history": lambda run: run.history(pandas=False),
    "history samples=5": lambda run: run.history(samples=5, pandas=False),
    "history system": lambda run: run.history(stream="system", pandas=False),
    "scanHistory": lambda run: list(run.scan_history()),
    "scanHistory pageSize=3": lambda run: list(run.scan_history(page_size=3)),
    "scanHistory minStep=4 maxStep=9": lambda run: list(run.scan_history(min_step=4, max_step=9)),
    "files": lambda run: list_files(run),
    "files.length": lambda run: len(run.files()),
    "files perPage=2": lambda run: list_files(run, per_page=2),
    "files pattern": lambda run: list_files(run, pattern="%.json"),
    "consoleLogs": lambda run: [line_facts(line) for line in run.console_logs()],
    "consoleLogs perPage=7": lambda run: [line_facts(line) for line in run.console_logs(per_page=7)],
    "consoleLogs last=3": lambda run: [line_facts(line) for line in run.console_logs(last=3)],
}


def probe_run(plan):
    run = wandb.Api().run(f"{PATH}/{plan['id']}")
    values = {name: attempt(lambda probe=probe: probe(run)) for name, probe in RUN_PROBES.items()}
    for keys in plan.get("keySets", []):
        name = ",".join(keys)
        values[f"history keys={name}"] = attempt(lambda: run.history(keys=keys, pandas=False))
        values[f"scanHistory keys={name}"] = attempt(lambda: list(run.scan_history(keys=keys)))
    for axis, keys in plan.get("axes", []):
        name = ",".join(keys)
        values[f"history xAxis={axis} keys={name}"] = attempt(
            lambda: run.history(keys=keys, x_axis=axis, samples=4, pandas=False)
        )
    for name in plan.get("files", []):
        values[f"file {name}"] = attempt(lambda: file_facts(run.file(name)))
        values[f"file content {name}"] = attempt(lambda: read_file(run, name))
        values[f"files names={name}"] = attempt(lambda: list_files(run, names=[name]))
    return values


def probe_query(api, query):
    runs = api.runs(PATH, filters=query.get("filters"), order=query.get("order"), per_page=query.get("perPage", 50))
    return {"length": attempt(lambda: len(runs)), "ids": attempt(lambda: [run.id for run in runs])}


def probe_lazy(api):
    """The first run of a listing: few fields are loaded, the others come when they are asked for."""
    lazy = api.runs(PATH, order="+name")[0]
    full = api.runs(PATH, order="+name", lazy=False)[0]
    return {
        "lazy config": lazy.config,
        "lazy summary": deep(lazy.summary),
        "full config": full.config,
        "full summary": deep(full.summary),
        "slice": [run.id for run in api.runs(PATH, order="+name", per_page=2)[1:4]],
    }


def probe_project(api):
    project = api.project(PROJECT, entity=ENTITY)
    return {
        "name": project.name,
        "entity": project.entity,
        "path": project.path,
        "url": project.url,
        "id": attempt(lambda: project.id),
        "createdAt": attempt(lambda: project.created_at),
        "isBenchmark": attempt(lambda: project.is_benchmark),
        "owner": attempt(lambda: project.owner.username),
        "projects": attempt(lambda: sorted(item.name for item in api.projects(ENTITY))),
        "missing": attempt(lambda: api.project("no-such-project", entity=ENTITY).id),
    }


def probe_viewer(api):
    viewer = api.viewer
    return {
        "id": viewer.id,
        "username": viewer.username,
        "name": viewer.name,
        "email": viewer.email,
        "admin": viewer.admin,
        "entity": viewer.entity,
        "teams": viewer.teams,
        "defaultEntity": api.default_entity,
        "deletedAt": viewer.deleted_at,
    }


def probe_errors(api):
    return {
        "run not found": attempt(lambda: api.run(f"{PATH}/no-such-run").id),
        "run path empty": attempt(lambda: api.run("").id),
        "run path too long": attempt(lambda: api.run("a/b/c/d/e").id),
        "runs of no project": attempt(lambda: list(api.runs(f"{ENTITY}/no-such-project"))),
        "unknown operator": attempt(lambda: list(api.runs(PATH, filters={"config.lr": {"$frobnicate": 1}}))),
        "fromPath run": attempt(lambda: api.from_path(f"{PATH}/{PLAN['runs'][0]['id']}").id),
        "fromPath project": attempt(lambda: api.from_path(PATH).name),
    }


def main():
    api = wandb.Api()
    values = {
        "project": probe_project(api),
        "viewer": probe_viewer(api),
        "lazy": attempt(lambda: probe_lazy(api)),
        "errors": probe_errors(api),
        "queries": {query["title"]: probe_query(api, query) for query in PLAN["queries"]},
        "runs": {plan["id"]: attempt(lambda plan=plan: probe_run(plan)) for plan in PLAN["runs"]},
    }
    report(values)


main()
