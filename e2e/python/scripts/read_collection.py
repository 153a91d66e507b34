"""Reads a collection that another client changed."""

import wandb
from steelyard_e2e import args, report

api = wandb.Api()
collection = api.artifact_collection(args()["type"], args()["path"])
report(
    {
        "name": collection.name,
        "type": collection.type,
        "description": collection.description,
        "tags": sorted(collection.tags),
        "aliases": sorted(collection.aliases),
        "versions": [artifact.name for artifact in collection.artifacts()],
    }
)
