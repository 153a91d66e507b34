"""Writes reports and saved workspaces with wandb-workspaces, reads them with wandb.Api, and reports what it saw."""

import wandb
import wandb_workspaces.reports.v2 as wr
import wandb_workspaces.workspaces as ws
from steelyard_e2e import args, attempt, report

PLAN = args()
PROJECT = PLAN["project"]


def log_runs(entity):
    for name, lr in [("first", 0.1), ("second", 0.2)]:
        with wandb.init(entity=entity, project=PROJECT, id=name, name=name, config={"lr": lr}) as run:
            run.log({"loss": lr * 10})


def facts(found):
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "width": found.width,
        "blocks": [type(block).__name__ for block in found.blocks],
        "url": found.url,
    }


def write_report(api, entity):
    found = wr.Report(
        project=PROJECT,
        entity=entity,
        title="Loss & learning: a first look",
        description="What the runs say",
        width="fluid",
        blocks=[
            wr.H1("Results"),
            wr.P("The loss <falls>."),
            wr.PanelGrid(
                runsets=[wr.Runset(entity, PROJECT, filters="Config('lr') > 0.15")],
                panels=[wr.LinePlot(x="Step", y=["loss"]), wr.BarPlot(metrics=["loss"])],
            ),
            wr.PanelGrid(runsets=[wr.Runset(entity, PROJECT)], panels=[wr.LinePlot(x="Step", y=["loss"])]),
            wr.CodeBlock("print('hello')", language="python"),
        ],
    )
    found.save()
    created = facts(found)
    loaded = wr.Report.from_url(found.url)
    values = {"created": created, "loaded": facts(loaded)}
    loaded.title = "A second look"
    loaded.blocks = [*loaded.blocks, wr.P("More.")]
    loaded.save()
    values["edited"] = facts(wr.Report.from_url(loaded.url))
    values["listed"] = [listed(entry) for entry in api.reports(f"{entity}/{PROJECT}")]
    values["share before"] = loaded.get_share_url()
    values["share"] = loaded.enable_share_link()
    values["share again"] = loaded.enable_share_link()
    values["share read"] = loaded.get_share_url()
    values["unshared"] = loaded.disable_share_link()
    values["share after"] = loaded.get_share_url()
    values["shared for good"] = loaded.enable_share_link()
    return values


def listed(entry):
    return {"id": entry.id, "title": entry.display_name, "user": entry.user, "url": entry.url}


def write_drafts(api, entity):
    draft = wr.Report(project=PROJECT, entity=entity, title="Draft", blocks=[wr.P("Soon.")])
    draft.save(draft=True)
    before = [entry.display_name for entry in api.reports(f"{entity}/{PROJECT}", per_page=7)]
    draft.save()
    # Lists are remembered by an Api; another one asks again.
    after = [entry.display_name for entry in wandb.Api().reports(f"{entity}/{PROJECT}")]
    copy = wr.Report(project=PROJECT, entity=entity, title="Copy")
    copy.save(clone=True)
    return {"before": before, "after": after, "deleted": copy.delete(), "missing": attempt(copy.delete)}


def new_project(entity):
    found = wr.Report(project=f"{PROJECT}-new", entity=entity, title="In a new project")
    return {"url": found.save().url, "project": wandb.Api().project(f"{PROJECT}-new", entity).name}


def write_workspace(entity):
    workspace = ws.Workspace(
        entity=entity,
        project=PROJECT,
        name="Overview",
        sections=[ws.Section(name="Losses", panels=[wr.LinePlot(x="Step", y=["loss"])], is_open=True)],
        settings=ws.WorkspaceSettings(max_runs=7, smoothing_weight=0),
    )
    workspace.save()
    url = workspace.url
    loaded = ws.Workspace.from_url(url)
    values = {"url": url, "loaded": workspace_facts(loaded)}
    loaded.name = "Renamed"
    loaded.sections[0].name = "All losses"
    loaded.save()
    values["edited"] = workspace_facts(ws.Workspace.from_url(url))
    values["copy"] = workspace_facts(loaded.save_as_new_view())
    values["original"] = workspace_facts(ws.Workspace.from_url(url))
    values["missing"] = attempt(lambda: ws.Workspace.from_url(url.split("?")[0] + "?nw=none"))
    return values


def workspace_facts(workspace):
    return {
        "name": workspace.name,
        "sections": [section.name for section in workspace.sections],
        "maxRuns": workspace.settings.max_runs,
    }


def main():
    api = wandb.Api()
    entity = api.default_entity
    log_runs(entity)
    report(
        {
            "entity": entity,
            "report": write_report(api, entity),
            "drafts": write_drafts(api, entity),
            "new project": new_project(entity),
            "workspace": write_workspace(entity),
        }
    )


main()
