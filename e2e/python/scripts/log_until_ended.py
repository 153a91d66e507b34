"""Logs a step every few milliseconds until somebody ends it, and reports how that happened.

`exit` in the arguments: "never" (the test kills it), "os._exit", or "preempt" (says so, then fails).
"""

import os
import sys
import time

import wandb
from steelyard_e2e import args, report

PLAN = args()

run = wandb.init(id=PLAN["id"], project=PLAN["project"], resume=PLAN.get("resume"))
start = step = run.starting_step
deadline = time.monotonic() + PLAN.get("seconds", 60)
try:
    while time.monotonic() < deadline:
        run.log({"value": step})
        step += 1
        time.sleep(PLAN.get("pause", 0.02))
        if step - start == PLAN.get("steps"):
            break
except KeyboardInterrupt:
    report({"interrupted": True, "steps": step})
    run.finish()
    sys.exit(0)

report({"interrupted": False, "start": start, "steps": step})
ending = PLAN.get("exit", "finish")
if ending == "os._exit":
    # The client's other process ends with this one: what it has not sent by then is lost.
    time.sleep(3)
    os._exit(7)
if ending == "preempt":
    run.mark_preempting()
    run.finish(exit_code=1)
    sys.exit(0)
run.finish()
