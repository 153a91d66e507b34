"""Changes and deletes versions and collections through the public Api, and says what is left after each step."""

import datetime

import wandb
from steelyard_e2e import args, attempt, report
from wandb.sdk.artifacts.artifact_ttl import ArtifactTTL

project = args()["project"]
result = {}

with wandb.init(project=project, name="maker") as run:
    for text in ("one", "two", "three"):
        artifact = wandb.Artifact("rows", type="dataset", metadata={"text": text})
        with artifact.new_file("rows.txt") as file:
            file.write(text)
        artifact.ttl = datetime.timedelta(days=3) if text == "one" else None
        run.log_artifact(artifact, aliases=["best"] if text == "two" else None).wait()
    run_id = run.id


def api():
    wandb.Api().flush()
    return wandb.Api()


def fresh(name):
    return api().artifact(f"{project}/{name}")


def versions(**options):
    return [artifact.version for artifact in api().artifacts("dataset", f"{project}/rows", **options)]


def error_of(action):
    error = attempt(action)
    return type(error).__name__ if isinstance(error, Exception) else None


result["ttl"] = [str(fresh(f"rows:v{n}").ttl) for n in range(2)]
first = fresh("rows:v0")
first.ttl = ArtifactTTL.INHERIT
first.description = "the first"
first.tags.append("kept")
first.aliases.append("old")
first.save()
first = fresh("rows:old")
result["changed"] = [str(first.ttl), first.description, first.tags, sorted(first.aliases)]
result["versions"] = versions()
result["tagged"] = versions(tags="kept")
result["types"] = [kind.name for kind in api().artifact_types(project)]
result["collections"] = [collection.name for collection in api().artifact_collections(project, "dataset")]

collection = api().artifact_collection("dataset", f"{project}/rows")
collection.description = "all rows"
collection.tags = ["a", "b"]
collection.save()
collection = api().artifact_collection("dataset", f"{project}/rows")
result["collection"] = [collection.description, sorted(collection.tags), sorted(collection.aliases)]
collection.name = "lines"
collection.type = "table"
collection.save()
collection = api().artifact_collection("table", f"{project}/lines")
result["moved"] = [collection.name, collection.type, fresh("lines:v1").type]

result["with aliases"] = error_of(lambda: fresh("lines:v2").delete())
fresh("lines:v2").delete(delete_aliases=True)
result["latest"] = fresh("lines:latest").version
result["deleted"] = error_of(lambda: fresh("lines:v2"))
result["still there"] = fresh("lines:v1").get_entry("rows.txt").size
entity = api().default_entity
api().run(f"{entity}/{project}/{run_id}").delete(delete_artifacts=True)
result["with the run"] = error_of(lambda: fresh("lines:v1"))
api().artifact_collection("table", f"{project}/lines").delete()
result["collections at the end"] = [one.name for one in api().artifact_collections(project, "table")]
report(result)
