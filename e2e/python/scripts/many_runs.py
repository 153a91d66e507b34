"""Logs several runs at once from one process, every run in a thread of its own."""

import threading

import wandb
from steelyard_e2e import args, report

PLAN = args()
failures = []


def log(run_id):
    try:
        run = wandb.init(
            id=run_id,
            project=PLAN["project"],
            group="many",
            config={"id": run_id},
            reinit="create_new",
            settings=wandb.Settings(console="off", x_disable_stats=True),
        )
        for i in range(PLAN["steps"]):
            run.log({"i": i, "id": run_id})
        run.finish()
    except Exception as error:  # reported below: a thread must not end silently
        failures.append(f"{run_id}: {error!r}")


threads = [threading.Thread(target=log, args=(run_id,)) for run_id in PLAN["ids"]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
report(failures)
