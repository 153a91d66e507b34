"""Makes queues and items with the real client, or reads them and the jobs: what the TypeScript Api reads too."""

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
ENTITY = PLAN["entity"]
JOB = PLAN["job"]


def make():
    api = wandb.Api()
    api.create_run_queue("plain", "local-process", config={"niceness": 3}, prioritization_mode="v0")
    api.upsert_run_queue(
        "sized",
        {"cpu": "{{cpu}}"},
        "kubernetes",
        template_variables={"cpu": {"schema": {"type": "integer", "maximum": 4}}},
        external_links={"grafana": "https://grafana.example"},
    )
    job = api.job(JOB)
    queued = job.call({}, project="demo", entity=ENTITY, queue="plain", resource="local-process", priority=1)
    gone = job.call({}, project="demo", entity=ENTITY, queue="plain", resource="local-process")
    gone.delete()
    report({"item": queued.id, "gone": gone.id})


def facts(queue):
    return {
        "name": queue.name,
        "entity": queue.entity,
        "id": queue.id,
        "access": queue.access,
        "mode": queue.prioritization_mode,
        "links": queue.external_links,
        "type": queue.type,
        "config": queue.default_resource_config,
        "items": [item.id for item in queue.items],
    }


def read():
    api = wandb.Api()
    queued = api.queued_run(ENTITY, "demo", "plain", PLAN["item"], "model-registry", 1)
    jobs = api.list_jobs(ENTITY, "demo")
    job = api.job(JOB)
    report(
        {
            "plain": facts(api.run_queue(ENTITY, "plain")),
            "sized": facts(api.run_queue(ENTITY, "sized")),
            "variables": [variable["name"] for variable in api.run_queue(ENTITY, "sized").template_variables],
            "queued": {
                "id": queued.id,
                "entity": queued.entity,
                "project": queued.project,
                "queue": queued.queue_name,
                "projectQueue": queued.project_queue,
                "priority": queued.priority,
                "sweep": queued.sweep,
                "state": queued.state,
            },
            "jobs": [
                {
                    "name": versions["edges"][0]["node"]["artifactSequence"]["name"],
                    "versions": [
                        {
                            "id": edge["node"]["id"],
                            "state": edge["node"]["state"],
                            "aliases": [alias["alias"] for alias in edge["node"]["aliases"]],
                        }
                        for edge in versions["edges"]
                    ],
                }
                for versions in jobs
            ],
            "job": {"name": job.name, "info": job._job_info, "entrypoint": job._entrypoint},
            "no jobs": len(api.list_jobs(ENTITY, "empty")),
            "refused": [
                isinstance(attempt(lambda: api.create_run_queue("", "local-process")), Exception),
                isinstance(attempt(lambda: api.create_run_queue("x" * 65, "local-process")), Exception),
                isinstance(attempt(lambda: api.create_run_queue("bad", "laptop")), Exception),
                isinstance(attempt(lambda: api.create_run_queue("plain", "local-process")), Exception),
            ],
        }
    )


def remove():
    api = wandb.Api()
    api.run_queue(ENTITY, "plain").delete()
    report({"isGone": isinstance(attempt(lambda: api.run_queue(ENTITY, "plain").id), Exception)})


{"make": make, "read": read, "remove": remove}[PLAN["step"]]()
