"""Sends and fetches the same files with MLflow's client through its server and prints the seconds."""

import json
import os
import shutil
import sys
import time

import mlflow


def measure(source, name):
    start = time.perf_counter()
    mlflow.log_artifacts(source, artifact_path=name)
    upload = time.perf_counter() - start
    uri = mlflow.get_artifact_uri(name)
    start = time.perf_counter()
    root = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=f"back-{name}")
    download = time.perf_counter() - start
    shutil.rmtree(root)
    return {"upload": upload, "download": download}


os.makedirs("back-many")
os.makedirs("back-large")
with mlflow.start_run():
    print(json.dumps({"many": measure(sys.argv[1], "many"), "large": measure(sys.argv[2], "large")}))
