"""One of several processes that write to the same run: the first makes and ends it, the others only add."""

import time

import wandb
from steelyard_e2e import args, report

PLAN = args()
settings = wandb.Settings(
    mode="shared",
    x_primary=PLAN["primary"],
    x_label=PLAN["label"],
    x_update_finish_state=PLAN["primary"],
)
with wandb.init(id=PLAN["id"], project=PLAN["project"], settings=settings) as run:
    for i in range(PLAN["steps"]):
        run.log({f"{PLAN['label']}/value": i})
    print(f"{PLAN['label']} is done")
    if PLAN["primary"]:
        time.sleep(PLAN["wait"])
report(run.id)
