"""Everything that the real client does with automations and integrations, and the events that set them off."""

import wandb
from steelyard_e2e import args, report
from wandb.automations import (
    ArtifactEvent,
    DoNothing,
    OnAddArtifactAlias,
    OnAddArtifactTag,
    OnAddCollectionTag,
    OnCreateArtifact,
    OnLinkArtifact,
    OnRemoveArtifactTag,
    OnRemoveCollectionTag,
    OnRunMetric,
    OnRunState,
    OnUnlinkArtifact,
    ProjectScope,
    RunEvent,
    SendNotification,
    SendWebhook,
)

options = args()
entity, project_name = options["entity"], options["project"]
found = {}


def attempt(work):
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - what it raises is what is tested
        return {"error": type(error).__name__, "message": str(error)}


def show(automation):
    return {
        "name": automation.name,
        "description": automation.description,
        "enabled": automation.enabled,
        "event": automation.event.event_type.value,
        "scope": [automation.scope.scope_type.value, automation.scope.name],
        "action": automation.action.action_type.value,
        "filter": automation.event.filter.model_dump(),
    }


api = wandb.Api(overrides={"entity": entity})
webhook = next(iter(api.webhook_integrations(entity=entity)))
slack = next(iter(api.slack_integrations(entity=entity)))
found["webhook"] = [webhook.name, webhook.url_endpoint]
found["slack"] = [slack.team_name, slack.channel_name]
found["integrations"] = sorted(type(one).__name__ for one in api.integrations(entity=entity))

api.create_project(project_name, entity)
project = api.project(project_name, entity)
send = SendWebhook.from_integration(
    webhook,
    payload={
        name: "${" + name + "}"
        for name in (
            "event_type",
            "event_author",
            "automation_name",
            "entity_name",
            "project_name",
            "alias",
            "tag",
            "artifact_collection_name",
            "artifact_version",
            "artifact_version_string",
            "artifact_metadata.accuracy",
            "run_id",
            "run_name",
            "run_state",
            "metric_name",
            "metric_value",
            "SIGNING_KEY",
        )
    },
)

# A collection to watch has to be there before.
with wandb.init(entity=entity, project=project_name, id="first") as run:
    artifact = wandb.Artifact("weights", "model")
    with artifact.new_file("a.txt") as file:
        file.write("a")
    run.log_artifact(artifact).wait()
    run.link_artifact(artifact, f"{entity}/{project_name}/shelf")
sequence = api.artifact_collection("model", f"{entity}/{project_name}/weights")
portfolio = api.artifact_collection("model", f"{entity}/{project_name}/shelf")

events = {
    "threshold": OnRunMetric(scope=project, filter=RunEvent.metric("loss").avg(2).gt(5)),
    "only-named": OnRunMetric(
        scope=project, filter=(RunEvent.metric("loss") > 5) & (RunEvent.name == "no such run")
    ),
    "change": OnRunMetric(scope=project, filter=RunEvent.metric("loss").increases_by(frac=0.5)),
    "zscore": OnRunMetric(scope=project, filter=abs(RunEvent.metric("loss").zscore(3)) > 2),
    "state": OnRunState(scope=project, filter=RunEvent.state.in_(["finished", "failed"])),
    "create": OnCreateArtifact(scope=sequence),
    "link": OnLinkArtifact(scope=portfolio),
    "unlink": OnUnlinkArtifact(scope=portfolio),
    "alias": OnAddArtifactAlias(scope=project, filter=ArtifactEvent.alias.matches_regex("^prod")),
    "tag": OnAddArtifactTag(scope=sequence, filter=ArtifactEvent.tag.eq("good")),
    "untag": OnRemoveArtifactTag(scope=project),
    "collection-tag": OnAddCollectionTag(scope=sequence),
    "collection-untag": OnRemoveCollectionTag(scope=project),
}
found["created"] = {
    name: show(api.create_automation(event >> send, name=name)) for name, event in events.items()
}
team = api.team(entity)
found["team"] = show(
    api.create_automation(
        OnRunState(scope=team, filter=RunEvent.state == "running") >> send, name="of the team"
    )
)
found["slackAutomation"] = show(
    api.create_automation(
        events["state"] >> SendNotification.from_integration(slack, title="${run_id}", text="is ${run_state}", level="warn"),
        name="to slack",
    )
)
found["nothing"] = show(
    api.create_automation(events["state"] >> DoNothing(), name="nothing", description="d", enabled=False)
)
found["duplicate"] = attempt(lambda: api.create_automation(events["state"] >> send, name="state"))
existing = attempt(lambda: api.create_automation(events["state"] >> send, name="state", fetch_existing=True))
found["existing"] = existing if isinstance(existing, dict) else existing.name
found["listed"] = [one.name for one in api.automations(entity=entity, per_page=4)]
found["legacy"] = sorted(one.name for one in api.automations() if one.scope.scope_type.value != "ENTITY")
found["named"] = api.automation("state", entity=entity).name
found["unnamed"] = attempt(lambda: api.automation("absent", entity=entity))

saved = api.automation("nothing", entity=entity)
saved.description = "changed"
found["updated"] = show(api.update_automation(saved))
found["refilled"] = show(
    api.update_automation(saved, name="renamed", event=events["threshold"], action=send, enabled=False)
)
found["deleted"] = api.delete_automation(saved)
found["updateMissing"] = attempt(lambda: api.update_automation(saved))
found["deleteMissing"] = attempt(lambda: api.delete_automation(saved))
found["nonsense"] = attempt(
    lambda: api.create_automation(
        OnAddArtifactAlias(scope=project, filter={"color": {"$eq": "red"}}) >> send, name="nonsense"
    )
)
found["badRegex"] = attempt(
    lambda: api.create_automation(
        OnAddArtifactAlias(scope=project, filter=ArtifactEvent.alias.matches_regex("(")) >> send,
        name="bad regex",
    )
)

# What happens now sets them off.
with wandb.init(entity=entity, project=project_name, id="second", name="the second") as run:
    for value in (1, 1.01, 1.02, 1.01, 9, 9):
        run.log({"loss": value})
    run.alert("Careful", "the loss is high", level="WARN")
    artifact = wandb.Artifact("weights", "model", metadata={"accuracy": 0.5})
    with artifact.new_file("a.txt") as file:
        file.write("b")
    run.log_artifact(artifact, aliases=["production"]).wait()
version = api.artifact(f"{entity}/{project_name}/weights:production")
version.link(f"{entity}/{project_name}/shelf")
version.tags.append("good")
version.save()
version.tags.remove("good")
version.save()
linked = api.artifact(f"{entity}/{project_name}/shelf:latest")
linked.unlink()
sequence.tags.append("kept")
sequence.save()
sequence.tags.remove("kept")
sequence.save()
report(found)
