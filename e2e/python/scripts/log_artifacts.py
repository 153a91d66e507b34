"""Logs artifacts with awkward names, references, metadata, aliases and tags, and says what Python knows of them."""

import hashlib
import os

import wandb
from steelyard_e2e import args, report

PROJECT = args()["project"]
NAMES = [
    "plain.txt",
    "empty.bin",
    "a folder/with spaces/and ünïcödé 🙂.txt",
    "percent %20 and #hash?.txt",
    "\ufb01rst-above-surrogates",
    "\U00010000 second",
    "/".join(f"level{n}" for n in range(100)) + "/deep.txt",
]


def content(name):
    return b"" if name == "empty.bin" else hashlib.sha256(name.encode()).digest() * 1000


def facts(artifact):
    artifact = wandb.Api().artifact(f"{artifact.entity}/{artifact.project}/{artifact.name}")
    return {
        "id": artifact.id,
        "name": artifact.name,
        "qualified name": artifact.qualified_name,
        "version": artifact.version,
        "source name": artifact.source_name,
        "type": artifact.type,
        "state": artifact.state,
        "digest": artifact.digest,
        "manifest digest": artifact.manifest.digest(),
        "size": artifact.size,
        "file count": artifact.file_count,
        "description": artifact.description,
        "metadata": artifact.metadata,
        "aliases": sorted(artifact.aliases),
        "tags": sorted(artifact.tags),
        "ttl": artifact.ttl,
        "commit hash": artifact.commit_hash,
        "history step": artifact.history_step,
        "created at": artifact.created_at,
        "updated at": artifact.updated_at,
        "url": artifact.url,
        "is link": artifact.is_link,
        "digests": {path: entry.digest for path, entry in artifact.manifest.entries.items()},
        "sizes": {path: entry.size for path, entry in artifact.manifest.entries.items()},
        "refs": {path: entry.ref for path, entry in artifact.manifest.entries.items() if entry.ref},
        "ref urls": {path: artifact.get_entry(path).ref_url() for path in artifact.manifest.entries},
    }


os.makedirs("source", exist_ok=True)
result = {"contents": {}, "artifacts": []}
with wandb.init(id="writer", project=PROJECT) as run:
    first = wandb.Artifact("awkward", type="data set", description="of\nlines", metadata={"n": 1, "big": 2**60, "deep": {"é": [1.5, None]}})
    for name in NAMES:
        path = os.path.join("source", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content(name))
        first.add_file(path, name=name)
        result["contents"][name] = hashlib.sha256(content(name)).hexdigest()
    run.log({"loss": 1})
    logged = run.log_artifact(first, aliases=["latest", "best yet"], tags=["good", "small one"]).wait()
    result["artifacts"].append(facts(logged))

    second = wandb.Artifact("pointers", type="data set")
    second.add_reference(logged.get_entry("plain.txt").ref_url(), name="borrowed.txt")
    second.add_reference("file://" + os.path.abspath("source/plain.txt"), name="local.txt")
    second.add_reference("store://bucket/key", name="bucket/key")
    if "web" in args():
        second.add_reference(args()["web"], name="web.txt")
    pointers = run.log_artifact(second).wait()
    result["artifacts"].append(facts(pointers))
with wandb.init(id="reader", project=PROJECT) as run:
    run.use_artifact("awkward:best yet")
report(result)
