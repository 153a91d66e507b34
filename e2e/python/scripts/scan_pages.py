"""Reads a run's history in pages of several sizes, with and without keys, and reports the steps that came."""

import wandb
from steelyard_e2e import args, report

run = wandb.Api().run(args()["path"])
result = {}
for page_size in args()["page_sizes"]:
    result[f"all {page_size}"] = [row["_step"] for row in run.scan_history(page_size=page_size)]
    keyed = run.scan_history(keys=["_step", "loss"], page_size=page_size)
    result[f"keyed {page_size}"] = [row["_step"] for row in keyed]
report(result)
