"""Logs and uses artifacts, and asks for runs by them before, between and after."""

import wandb
from steelyard_e2e import args, report

PROJECT = args()["project"]
api = wandb.Api()


def ids(filters):
    return [run.id for run in wandb.Api().runs(f"{api.default_entity}/{PROJECT}", filters=filters, order="+name")]


def log_rows(run, text):
    artifact = wandb.Artifact("rows", type="dataset")
    with artifact.new_file("rows.txt") as file:
        file.write(text)
    return run.log_artifact(artifact).wait().name


result = {}
with wandb.init(id="maker", project=PROJECT) as run:
    result["first name"] = log_rows(run, "one")
with wandb.init(id="reader", project=PROJECT) as run:
    result["before the use"] = ids({"inputArtifacts": "rows:v0"})
    result["used name"] = run.use_artifact("rows:latest").name
result["by version"] = ids({"inputArtifacts": "rows:v0"})
result["by alias"] = ids({"inputArtifacts": "rows:latest"})
result["by collection"] = ids({"input_artifacts": {"$in": ["rows", "other"]}})
result["by the name in Python"] = ids({"inputArtifacts": result["used name"]})
result["logged"] = ids({"outputArtifacts": {"$regex": "^rows:v"}})
result["neither"] = ids({"inputArtifacts": None, "outputArtifacts": {"$exists": False}})
with wandb.init(id="second", project=PROJECT) as run:
    log_rows(run, "two")
result["by alias that moved"] = ids({"inputArtifacts": "rows:latest"})
result["logged latest"] = ids({"outputArtifacts": "rows:latest"})
result["logged any"] = ids({"outputArtifacts": "rows"})
report(result)
