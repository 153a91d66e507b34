"""The core of logging, for clients of every version: one run with metrics, files, console lines and a resume."""

import wandb
from steelyard_e2e import args, report

PROJECT = args()["project"]

with wandb.init(id="core", project=PROJECT, config={"lr": 0.1, "deep": {"er": [1, 2]}}, tags=["t"], notes="n", group="g", job_type="j") as run:
    for i in range(10):
        run.log({"loss": 1 / (i + 1), "big": 2**60 + i, "nan": float("nan"), "nested": {"a": i}})
    print("core line")
    run.summary["best"] = 0.25
    run.log({"hist": wandb.Histogram([1, 2, 2]), "html": wandb.Html("<b>x</b>")})
    with open("core.txt", "w", encoding="utf-8") as file:
        file.write("core file")
    run.save("core.txt", policy="now")

with wandb.init(id="core", project=PROJECT, resume="must") as run:
    resumed_at = run.starting_step
    run.log({"loss": 0.01})

api = wandb.Api()
read = api.run(f"{run.entity}/{PROJECT}/core")
report(
    {
        "resumedAt": resumed_at,
        "state": read.state,
        "config": read.config,
        "tags": read.tags,
        "notes": read.notes,
        "group": read.group,
        "jobType": read.job_type,
        "summary": {key: read.summary[key] for key in ("loss", "best", "big")},
        "history": read.history(keys=["loss"], pandas=False),
        "scan": [row["_step"] for row in read.scan_history()],
        "lastHistoryStep": read.lastHistoryStep,
        "files": sorted(file.name for file in read.files()),
        "file": read.file("core.txt").download(replace=True).read(),
        "runs": [item.id for item in api.runs(f"{run.entity}/{PROJECT}", filters={"config.lr": 0.1})],
    }
)
