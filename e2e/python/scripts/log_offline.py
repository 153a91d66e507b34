"""Logs one run without a server (WANDB_MODE=offline is set by the test) and reports its folder."""

import os
import time

import wandb
from steelyard_e2e import args, report

PLAN = args()
run = wandb.init(id=PLAN["id"], project=PLAN["project"], config={"lr": 0.25}, tags=["offline"], notes="made offline")
for i in range(PLAN["steps"]):
    run.log({"value": i, "nan": float("nan"), "big": 2**60 + i})
print("an offline line")
with open("offline.txt", "w", encoding="utf-8") as file:
    file.write("written offline")
run.save("offline.txt", policy="now")
run.log({"hist": wandb.Histogram([1, 2, 3]), "html": wandb.Html("<p>offline</p>")})
report(os.path.dirname(run.dir))
if PLAN.get("exit") == "os._exit":
    # The other process ends with this one; it needs a moment to write its log to the disk.
    time.sleep(2)
    os._exit(9)
run.finish()
