"""Makes some automations and reports all of the entity's, those of another client among them."""

import json

import wandb
from steelyard_e2e import args, report
from wandb.automations import ArtifactEvent, DoNothing, OnLinkArtifact, OnRunMetric, OnRunState, RunEvent

PLAN = args()
api = wandb.Api()
scope = api.project(PLAN["project"], entity=PLAN["entity"])

for name, event in {
    "linked": OnLinkArtifact(scope=scope, filter=(ArtifactEvent.alias == "a") & (ArtifactEvent.tag != "b")),
    "any link": OnLinkArtifact(scope=scope),
    "grows": OnRunMetric(scope=scope, filter=RunEvent.metric("a/b").avg(3).increases_by(frac=0.5)),
    "odd": OnRunMetric(scope=scope, filter=abs(RunEvent.metric("x").zscore(9)) > 2),
    "fails": OnRunState(scope=scope, filter=(RunEvent.state == "failed") & (RunEvent.name == "n")),
}.items():
    api.create_automation(event >> DoNothing(), name=name)


def filter_of(event):
    value = event.filter.model_dump()
    inner = value.get("filter", value)
    inner = json.loads(inner) if isinstance(inner, str) else inner
    if "run_filter" in inner and isinstance(inner["run_filter"], str):
        inner["run_filter"] = json.loads(inner["run_filter"])
    return inner


report(
    {
        each.name: {
            "id": each.id,
            "event": each.event.event_type.value,
            "scope": [each.scope.name, each.scope.scope_type.value],
            "action": each.action.action_type.value,
            "created": each.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "filter": filter_of(each.event),
        }
        for each in api.automations(PLAN["entity"])
    }
)
