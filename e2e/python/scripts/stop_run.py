"""Asks a run of another process to stop, or sets its state."""

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
run = wandb.Api().run(PLAN["path"])
report(attempt(lambda: run.stop() if PLAN["do"] == "stop" else run.update_state(PLAN["do"])))
