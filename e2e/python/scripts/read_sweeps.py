"""Makes a sweep, carries it out with a function agent, and reads it under the names that the TypeScript reader uses."""

import wandb
from steelyard_e2e import args, report
from wandb.agents import pyagent

# An agent calls every 5 seconds; a test cannot wait that long between runs.
pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.2

given = args()
project = given["project"]
made = wandb.sweep(given["config"], project=project)


def train():
    with wandb.init() as run:
        run.log({"acc": 1 - (run.config["x"] - 2) ** 2, "other": -run.config["x"]})


wandb.agent(made, function=train, project=project)

api = wandb.Api()
entity = api.default_entity
path = f"{entity}/{project}"


def sweep_facts(sweep):
    return {
        "id": sweep.id,
        "entity": sweep.entity,
        "project": sweep.project,
        "name": sweep.name,
        "displayName": sweep.display_name,
        "method": sweep.method,
        "state": sweep.state,
        "description": sweep.description,
        "bestLoss": sweep.best_loss,
        "createdAt": sweep.created_at,
        "updatedAt": sweep.updated_at,
        "runCount": sweep.run_count,
        "expectedRunCount": sweep.expected_run_count,
        "config": sweep.config,
        "order": sweep.order,
        "path": sweep.path,
        "url": sweep.url,
    }


def agent_facts(agent):
    return {
        "id": agent.id,
        "name": agent.name,
        "host": agent.host,
        "state": agent.state,
        "totalRuns": agent.total_runs,
        "createdAt": agent.created_at,
        "heartbeatAt": agent.heartbeat_at,
    }


sweep = api.sweep(f"{path}/{made}")
agents = sweep.agents()
runs = agents[0].runs(per_page=2)
report(
    {
        "id": made,
        "reading": {
            "sweep": sweep_facts(sweep),
            "from path": sweep_facts(api.from_path(f"{path}/sweeps/{made}")),
            "sweeps": [sweep_facts(each) for each in api.project(project).sweeps()],
            "sweeps filtered": [each.id for each in api.project(project).sweeps(filters={"state": "PAUSED"})],
            "sweeps counted": len(api.project(project).sweeps()),
            "runs": [[run.id, run.config, run.state] for run in sweep.runs],
            "run's sweep": sweep_facts(api.run(f"{path}/{sweep.runs[0].id}").sweep),
            "best run": sweep.best_run().id,
            "best run by another metric": sweep.best_run("-other").id,
            "agents": [agent_facts(agent) for agent in agents],
            "agent": agent_facts(sweep.agent(agents[0].name)),
            "agent's runs": [run.id for run in runs],
            "agent's runs counted": len(runs),
        },
    }
)
