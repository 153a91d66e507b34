"""Logs the curves of a file with the real client, then reads each back with it; prints what differs and the times."""

import json
import math
import sys
import time

import wandb

path, project = sys.argv[1:3]
settings = wandb.Settings(console="off", disable_git=True, x_disable_stats=True, x_disable_meta=True)
OWN = ("_step", "_runtime", "_timestamp")


def same(logged, read):
    """Whether a value came back: every bit of a double, and numbers that JSON lacks as the texts that Python gets."""
    if isinstance(logged, dict):
        return isinstance(read, dict) and logged.keys() == read.keys() and all(same(logged[k], read[k]) for k in logged)
    if isinstance(logged, float) and not math.isfinite(logged):
        return str(read) in {math.inf: ("Infinity", "inf"), -math.inf: ("-Infinity", "-inf")}.get(logged, ("NaN", "nan"))
    return type(logged) is type(read) and logged == read or (logged == read and isinstance(logged, (int, float)))


with open(path, encoding="utf-8") as file:
    curves = [json.loads(line) for line in file]

started = time.perf_counter()
for curve in curves:
    with wandb.init(project=project, id=curve["id"], config=curve["config"], settings=settings) as run:
        for row in curve["rows"]:
            run.log(row)
logged = time.perf_counter()

differences = []
api = wandb.Api()
for curve in curves:
    run = api.run(f"{project}/{curve['id']}")
    rows = [{key: value for key, value in row.items() if key not in OWN} for row in run.scan_history()]
    if len(rows) != len(curve["rows"]):
        differences.append(f"{curve['id']}: {len(rows)} rows of {len(curve['rows'])}")
    for step, (expected, read) in enumerate(zip(curve["rows"], rows)):
        if not same(expected, read):
            differences.append(f"{curve['id']}, row {step}: {expected} was read as {read}")
    if run.config != curve["config"]:
        differences.append(f"{curve['id']}: the config is {run.config}")
finished = time.perf_counter()
print(
    json.dumps(
        {
            "logSeconds": logged - started,
            "readSeconds": finished - logged,
            "differences": len(differences),
            "first": differences[:5],
        }
    )
)
