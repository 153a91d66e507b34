"""Syncs a folder of TensorBoard's with `wandb.Api().sync_tensorboard`."""

import wandb
from steelyard_e2e import args, report

PLAN = args()
api = wandb.Api()
run = api.sync_tensorboard(PLAN["folder"], run_id=PLAN["id"], project=PLAN["project"])
report({"path": run.path, "state": run.state})
