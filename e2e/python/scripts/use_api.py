"""Writes through wandb.Api: creates, changes, uploads, downloads and deletes, and reports what it then reads."""

import os

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
PROJECT = PLAN["project"]
api = wandb.Api()
ENTITY = api.default_entity


def fresh(run_id):
    return wandb.Api().run(f"{ENTITY}/{PROJECT}/{run_id}")


def facts(run):
    return {
        "id": run.id,
        "state": run.state,
        "name": run.name,
        "notes": run.notes,
        "tags": run.tags,
        "group": run.group,
        "jobType": run.job_type,
        "config": run.config,
        "summary": {key: run.summary[key] for key in run.summary.keys()},
    }


def change(run):
    run.config["added"] = {"deep": 2**60}
    run.tags.append("late")
    run.notes = "written by the api"
    run.name = "renamed by the api"
    run.group = "api-group"
    run.job_type = "api-job"
    run.summary["score"] = 0.75
    run.summary.update({"other": [1, 2]})
    run.update()


def upload(run):
    os.makedirs("up/deep", exist_ok=True)
    with open("up/deep/naïve file.txt", "w", encoding="utf-8") as file:
        file.write("uploaded ✓")
    uploaded = run.upload_file("up/deep/naïve file.txt", root="up")
    again = fresh(run.id).file(uploaded.name)
    with again.download(root="down") as file:
        content = file.read()
    twice = attempt(lambda: again.download(root="down"))
    exist_ok = attempt(lambda: again.download(root="down", exist_ok=True).read())
    before = sorted(file.name for file in fresh(run.id).files())
    again.delete()
    after = sorted(file.name for file in fresh(run.id).files())
    return {"name": uploaded.name, "size": uploaded.size, "content": content, "twice": twice, "existOk": exist_ok, "before": before, "after": after}


api.create_project(PROJECT, ENTITY)
created = api.create_run(run_id="made", project=PROJECT, entity=ENTITY)
# What create_run returns knows only a few fields; the run that is read has them all.
result = {"created id": created.id, "created": facts(fresh("made"))}
change(fresh("made"))
result["changed"] = facts(fresh("made"))
result["upload"] = upload(created)
result["failed state"] = attempt(lambda: fresh("made").update_state("failed"))
result["state after"] = fresh("made").state
result["bad state"] = attempt(lambda: fresh("made").update_state("finished"))
fresh("made").wait_until_finished()

pending = wandb.apis.public.Run.create(api, run_id="pending", project=PROJECT, entity=ENTITY, state="pending")
result["pending"] = pending.state
doomed = api.create_run(run_id="doomed", project=PROJECT, entity=ENTITY)
result["before delete"] = [run.id for run in wandb.Api().runs(f"{ENTITY}/{PROJECT}", order="+name")]
doomed.delete()
result["after delete"] = [run.id for run in wandb.Api().runs(f"{ENTITY}/{PROJECT}", order="+name")]
result["deleted"] = attempt(lambda: fresh("doomed"))
result["reused id"] = attempt(lambda: api.create_run(run_id="doomed", project=PROJECT, entity=ENTITY).id)
report(result)
