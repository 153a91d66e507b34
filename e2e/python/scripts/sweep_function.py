"""Runs a sweep with `wandb.agent(sweep_id, function)` to its end and tells what was tried."""

import time

import wandb
from steelyard_e2e import args, attempt, report
from wandb.agents import pyagent

# An agent calls every 5 seconds; a test cannot wait that long between runs.
pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.2

given = args()
sweep = given.get("sweep") or wandb.sweep(
    given["config"], project=given["project"], prior_runs=given.get("prior_runs")
)
tried = []


def train():
    with wandb.init() as run:
        x = run.config["x"]
        tried.append({"id": run.id, "x": x, "config": dict(run.config), "sweep": run.sweep_id})
        # One that takes long is stopped on its way, which raises an exception here.
        for step in range(given.get("steps", 2) if x != given.get("long") else 200):
            run.log({"loss": abs(x - given.get("best", 0)), "step": step})
            time.sleep(given.get("pause", 0))


failure = attempt(
    lambda: wandb.agent(sweep, function=train, project=given["project"], count=given.get("count"))
)
report({"sweep": sweep, "tried": tried, "failure": failure})
