"""Fills a peer's store with rows and reads them back as its users do; prints milliseconds as JSON.

Each library works on a folder of this machine, without a server between: that is to its advantage.
"""

import json
import pathlib
import random
import subprocess
import sys
import time

peer, steps, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
names = [f"metric/{key}" for key in range(keys)]
results = {}


def measure(name, act, expected, times=3):
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        count = act()
        best = min(best, time.perf_counter() - started)
    if count != expected:
        raise SystemExit(f"{peer}, {name}: {count} of {expected}")
    results[name] = round(best * 1000, 1)


def fill(log, close=lambda: None):
    started = time.perf_counter()
    for step in range(steps):
        log(step, {name: random.random() for name in names})
    close()
    results["rows written a second"] = round(steps / (time.perf_counter() - started))


def mlflow_store():
    import mlflow
    from mlflow.entities import Metric

    client = mlflow.MlflowClient(tracking_uri="sqlite:///mlflow.db")
    run = client.create_run(client.create_experiment("reads")).info.run_id
    pending = []

    def flush():
        client.log_batch(run, metrics=pending)
        pending.clear()

    def log(step, values):
        pending.extend(Metric(name, value, 1, step) for name, value in values.items())
        if len(pending) + keys > 1000:
            flush()

    fill(log, flush)
    one = lambda name: len(client.get_metric_history(run, name))
    measure("one key", lambda: one(names[0]), steps)
    measure("all keys", lambda: sum(one(name) for name in names), steps * keys, 1)


def trackio_store():
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    run = trackio.init(project="reads", name="long", embed=False)
    fill(lambda step, values: trackio.log(values, step=step), trackio.finish)
    one = lambda name: len(SQLiteStorage.get_metric_values("reads", "long", name))
    measure("one key", lambda: one(names[0]), steps)
    measure("all keys", lambda: len(SQLiteStorage.get_logs("reads", "long")), steps, 1)
    measure("one key, 500 samples", lambda: len(SQLiteStorage.get_logs("reads", "long", max_points=500)) > 0, True)


def aim_store():
    import aim
    from aim.storage.context import Context

    aim_command = pathlib.Path(sys.executable).with_name("aim")
    run = aim.Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)
    name_of_run = run.hash

    def log(step, values):
        for name, value in values.items():
            run.track(value, name=name, step=step)

    fill(log, run.close)
    # A closed run is found by readers once it is indexed, which Aim's server does in the background.
    started = time.perf_counter()
    subprocess.run([aim_command, "storage", "--repo", ".", "reindex", "--yes"], check=True, capture_output=True)
    results["index made"] = round((time.perf_counter() - started) * 1000, 1)
    found = aim.Repo(".").get_run(name_of_run)
    one = lambda name: len(found.get_metric(name, Context({})).values.values_numpy())
    measure("one key", lambda: one(names[0]), steps)
    measure("all keys", lambda: sum(one(name) for name in names), steps * keys, 1)


{"aim": aim_store, "mlflow": mlflow_store, "trackio": trackio_store}[peer]()
print(json.dumps(results))
