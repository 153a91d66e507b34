"""Waits for an item of a run queue with the real client and reports what its run came to."""

import wandb
from steelyard_e2e import args, report

PLAN = args()
queued = wandb.Api().queued_run("tester", PLAN["project"], PLAN["queue"], PLAN["item"], "model-registry")
run = queued.wait_until_finished()
report(
    {
        "state": run.state,
        "item": queued.state,
        "lr": run.config["lr"],
        "loss": run.summary["loss"],
        "run": run.id,
    }
)
