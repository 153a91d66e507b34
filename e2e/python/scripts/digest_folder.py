"""Says what digest and manifest Python would give the files of a folder, without logging anything."""

import wandb
from steelyard_e2e import args, report

artifact = wandb.Artifact("same", type="dataset")
artifact.add_dir(args()["folder"], policy="immutable")
for uri, name in args().get("references", []):
    artifact.add_reference(uri, name=name)
report(
    {
        "digest": artifact.manifest.digest(),
        "manifest": artifact.manifest.to_manifest_json(),
        "size": artifact.manifest.size(),
    }
)
