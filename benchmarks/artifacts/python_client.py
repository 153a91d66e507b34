"""Sends and fetches two artifacts with the real client and prints the seconds."""

import json
import shutil
import sys
import time

import wandb


def measure(run, source, name):
    start = time.perf_counter()
    artifact = wandb.Artifact(name, type="dataset")
    artifact.add_dir(source, policy="immutable", skip_cache=True)
    logged = run.log_artifact(artifact).wait()
    upload = time.perf_counter() - start
    fresh = wandb.Api().artifact(f"{logged.entity}/{logged.project}/{name}:v0")
    start = time.perf_counter()
    root = fresh.download(root=f"back-{name}", skip_cache=True)
    download = time.perf_counter() - start
    shutil.rmtree(root)
    return {"upload": upload, "download": download}


with wandb.init(project="speed", settings=wandb.Settings(console="off", x_disable_stats=True)) as run:
    result = {"many": measure(run, sys.argv[1], "many"), "large": measure(run, sys.argv[2], "large")}
print(json.dumps(result))
