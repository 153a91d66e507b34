"""Continues, refuses to continue, rewinds and forks runs, and reports what the client saw each time."""

import glob
import json
import os

import wandb
from steelyard_e2e import args, attempt, report

PROJECT = args()["project"]


def log(count, **settings):
    """Logs `count` steps in one run and reports where it started and with what."""
    with wandb.init(project=PROJECT, **settings) as run:
        started = {
            "step": run.starting_step,
            "resumed": run.resumed,
            "config": dict(run.config),
            "summary": {key: run.summary[key] for key in run.summary.keys() if not key.startswith("_")},
            "tags": list(run.tags or ()),
            "notes": run.notes,
            "name": run.name,
        }
        # `run.step` is 0 until the first `log` of a resumed run, whatever the server said.
        for step in range(run.starting_step, run.starting_step + count):
            print(f"{run.id} at {step}")
            run.log({"value": step, "where": settings.get("resume") or settings.get("resume_from") or "new"})
    return started


def auto():
    """`auto` finds the id of the last unfinished run of this folder in wandb-resume.json."""
    os.makedirs("wandb", exist_ok=True)
    with open(os.path.join("wandb", "wandb-resume.json"), "w", encoding="utf-8") as file:
        json.dump({"run_id": "resumed"}, file)
    started = log(1, resume="auto")
    return {**started, "fileLeft": glob.glob("wandb/wandb-resume.json") != []}


first = {"id": "resumed", "config": {"lr": 0.1, "kept": True}, "tags": ["old"], "notes": "old notes", "name": "old name"}

report(
    {
        "new": log(5, **first),
        "must": log(3, id="resumed", resume="must", config={"lr": 0.3, "added": 1}),
        "allow existing": log(2, id="resumed", resume="allow"),
        "allow new": log(2, id="allowed", resume="allow"),
        "never new": log(1, id="never", resume="never"),
        "never existing": attempt(lambda: log(1, id="never", resume="never")),
        "must missing": attempt(lambda: log(1, id="missing", resume="must")),
        "auto": attempt(auto),
        "long": log(10, id="rewound"),
        "rewound": attempt(lambda: log(2, id="rewound", resume_from="rewound?_step=4")),
        "rewound again": attempt(lambda: log(1, id="rewound", resume_from="rewound?_step=1")),
        "rewind missing": attempt(lambda: log(1, id="gone", resume_from="gone?_step=1")),
        "forked": attempt(lambda: log(2, id="forked", fork_from="rewound?_step=1")),
    }
)
