"""Reads artifacts that another client wrote: fields, digests, and the content of every file."""

import hashlib
import os

import wandb
from steelyard_e2e import args, report

api = wandb.Api()
result = {}
for path in args()["paths"]:
    artifact = api.artifact(path)
    root = artifact.download(root="down-" + artifact.version, allow_missing_references=True)
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as file:
                files[os.path.relpath(full, root)] = hashlib.sha256(file.read()).hexdigest()
    run = artifact.logged_by()
    result[path] = {
        "name": artifact.name,
        "type": artifact.type,
        "state": artifact.state,
        "digest": artifact.digest,
        "manifest digest": artifact.manifest.digest(),
        "description": artifact.description,
        "metadata": artifact.metadata,
        "aliases": sorted(artifact.aliases),
        "tags": sorted(artifact.tags),
        "size": artifact.size,
        "history step": artifact.history_step,
        "run": run.id if run else None,
        "run state": run.state if run else None,
        "files": files,
        "manifest": artifact.manifest.to_manifest_json(),
        "used by": sorted(run.id for run in artifact.used_by()),
    }
report(result)
