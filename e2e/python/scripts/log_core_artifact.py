"""An artifact, for clients of every version: logged, used by a second run, downloaded, checked and listed."""

import wandb
from steelyard_e2e import args, report

PROJECT = args()["project"]

with open("rows.txt", "w", encoding="utf-8") as file:
    file.write("1\n2\n")
with wandb.init(id="maker", project=PROJECT) as run:
    artifact = wandb.Artifact("rows", type="dataset", description="two rows", metadata={"count": 2})
    artifact.add_file("rows.txt", name="folder/rows.txt")
    artifact.add_reference("https://example.com/rows", name="elsewhere", checksum=False)
    run.log_artifact(artifact, aliases=["latest", "best"])
    entity = run.entity

with wandb.init(id="user", project=PROJECT) as run:
    used = run.use_artifact("rows:best")
    # The oldest client has only the name that newer ones warn about.
    entry = used.get_entry("folder/rows.txt") if hasattr(used, "get_entry") else used.get_path("folder/rows.txt")
    with open(entry.download(), encoding="utf-8") as file:
        content = file.read()

api = wandb.Api()
path = f"{entity}/{PROJECT}"
versions = api.artifacts if hasattr(api, "artifacts") else api.artifact_versions
read = api.artifact(f"{path}/rows:latest")
report(
    {
        "content": content,
        "name": read.name.split(":")[0],
        "type": read.type,
        "state": read.state,
        "description": read.description,
        "metadata": read.metadata,
        "aliases": sorted(read.aliases),
        "entries": {name: entry.ref for name, entry in read.manifest.entries.items()},
        "logged by": read.logged_by().id,
        "used by": [user.id for user in read.used_by()],
        "types": [found.name for found in api.artifact_types(path)],
        "collections": [found.name for found in api.artifact_type("dataset", path).collections()],
        "versions": [found.name for found in versions("dataset", f"{path}/rows")],
        "logged": [found.name for found in api.run(f"{path}/maker").logged_artifacts()],
        "used": [found.name for found in api.run(f"{path}/user").used_artifacts()],
    }
)
