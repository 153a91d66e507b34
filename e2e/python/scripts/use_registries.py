"""Creates, fills, searches, changes and deletes registries with the real client, and reports what it then reads."""

import os

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
PROJECT = PLAN["project"]
ORG = PLAN["organization"]
result = {}


def api():
    return wandb.Api()


def note(name, action):
    result[name] = attempt(action)


def facts(registry):
    return {
        "name": registry.name,
        "fullName": registry.full_name,
        "entity": registry.entity,
        "organization": registry.organization,
        "description": registry.description,
        "visibility": registry.visibility,
        "allowsAll": registry.allow_all_artifact_types,
        "types": list(registry.artifact_types),
        "path": registry.path,
    }


def linked(artifact):
    return {
        "name": artifact.name,
        "qualified": artifact.qualified_name,
        "source": artifact.source_qualified_name,
        "version": artifact.version,
        "aliases": sorted(artifact.aliases),
        "isLink": artifact.is_link,
        "type": artifact.type,
    }


def names(paginator):
    return [each.name for each in paginator]


def log(run, name, text, kind="model", metadata=None, tags=None):
    artifact = wandb.Artifact(name, type=kind, metadata=metadata)
    with artifact.new_file("data.txt") as file:
        file.write(text)
    logged = run.log_artifact(artifact, tags=tags)
    return logged.wait()


# Registries
models = api().create_registry("models", visibility="organization", organization=ORG, description="All models", artifact_types=["model"])
result["created"] = facts(models)
note("created twice", lambda: api().create_registry("models", visibility="organization", organization=ORG))
anything = api().create_registry("anything", visibility="restricted", organization=ORG)
result["of any type"] = facts(anything)
result["read"] = facts(api().registry("models", organization=ORG))
result["read by the only organization"] = api().registry("models").name
note("missing", lambda: api().registry("absent", organization=ORG))
organization = api().organization(ORG)
result["organization"] = {"name": organization.name, "entity": organization.org_entity.name, "type": organization.org_entity.entity_type}

models.description = "Models of all teams"
models.artifact_types.append("checkpoint")
models.save()
result["saved"] = facts(api().registry("models", organization=ORG))
note("type removed", lambda: models.artifact_types.remove("model"))
anything.name = "everything"
anything.save()
result["renamed"] = facts(api().registry("everything", organization=ORG))

# Links
with wandb.init(id="maker", project=PROJECT) as run:
    first = log(run, "zoo", "one", metadata={"acc": 0.5, "nested": {"depth": 1}}, tags=["small"])
    second = log(run, "zoo", "two", metadata={"acc": 0.9}, tags=["large"])
    rows = log(run, "rows", "three", kind="dataset")
    link = run.link_artifact(first, "wandb-registry-models/animals", aliases=["best"])
    result["linked by a run"] = link and linked(link)
    with open("weights.bin", "w") as file:
        file.write("weights")
    model = run.link_model("weights.bin", "registered", name="weights", aliases=["prod"])
    result["linked model"] = model and linked(model)
result["linked"] = linked(second.link("wandb-registry-models/animals", aliases=["staging"]))
result["linked again"] = linked(api().artifact(f"{PROJECT}/zoo:v0").link(f"{ORG}/wandb-registry-models/animals", aliases=["staging"]))
note("type refused", lambda: rows.link("wandb-registry-models/rows"))
result["type taken"] = linked(rows.link("wandb-registry-everything/rows"))
result["linked to a project"] = linked(second.link(f"{PROJECT}/favourites"))
note("missing registry", lambda: rows.link("wandb-registry-absent/rows"))

# Reading links
animals = f"{ORG}/wandb-registry-models/animals"
latest = api().artifact(f"{animals}:latest")
result["latest"] = linked(latest)
result["by the name of the entity"] = linked(api().artifact(f"{ORG}-org/wandb-registry-models/animals:v0"))
result["exists"] = [api().artifact_exists(f"{animals}:{each}") for each in ("v0", "v1", "v2", "best", "absent")]
result["used types"] = [each.name for each in api().artifact_types(f"{ORG}-org/wandb-registry-models")]
result["downloaded"] = open(os.path.join(latest.download(root="down"), "data.txt")).read()
result["linked artifacts"] = sorted(each.qualified_name for each in api().artifact(f"{PROJECT}/zoo:v1").linked_artifacts)
result["source"] = latest.source_artifact.qualified_name
with wandb.init(id="reader", project=PROJECT) as run:
    result["used"] = linked(run.use_artifact(f"{animals}:best"))
result["used by"] = [each.id for each in api().artifact(f"{PROJECT}/zoo:v0").used_by()]

# Aliases, tags and collections
best = api().artifact(f"{animals}:best")
best.aliases.append("shipped")
best.aliases.remove("best")
best.save()
result["aliases changed"] = sorted(api().artifact(f"{animals}:v0").aliases)
result["aliases of the source"] = sorted(api().artifact(f"{PROJECT}/zoo:v0").aliases)
collection = api().artifact_collection("model", f"{ORG}-org/wandb-registry-models/animals")
result["collection"] = {"name": collection.name, "sequence": collection.is_sequence(), "aliases": sorted(collection.aliases), "type": collection.type}
collection.description = "All animals"
collection.tags = ["vision", "public"]
collection.name = "beasts"
collection.save()
again = api().artifact_collection("model", f"{ORG}-org/wandb-registry-models/beasts")
result["collection saved"] = {"description": again.description, "tags": sorted(again.tags)}
result["versions of the collection"] = [each.version for each in again.artifacts()]

# Search
def registries(filter=None, **more):
    return api().registries(organization=ORG, filter=filter, **more)


result["all registries"] = sorted(names(registries()))
result["ordered"] = names(registries(order="+name"))
result["by name"] = names(registries({"name": "models"}))
result["by pattern"] = names(registries({"name": {"$regex": "every"}}))
result["by description"] = names(registries({"description": {"$contains": "teams"}}))
result["by nothing"] = names(registries({"$nor": [{"created_at": {"$gt": "2020-01-01"}}]}))
result["paged"] = names(registries(order="-name", per_page=1))
result["collections"] = sorted(names(registries().collections()))
result["collections ordered"] = names(registries({"name": {"$in": ["models", "everything"]}}).collections(order="-name"))
result["collections by tag"] = names(registries().collections(filter={"tag": "vision"}))
result["collections counted"] = len(registries().collections(filter={"name": {"$ne": "rows"}}))
result["collections of one"] = names(api().registry("everything", organization=ORG).collections())
result["collections of each"] = names(registries(order="-name").collections())


def versions(found):
    return sorted(each.name for each in found)


result["versions"] = versions(registries().versions())
result["versions by alias"] = versions(registries().versions(filter={"alias": "shipped"}))
result["versions by tag"] = versions(registries().versions(filter={"tag": "large"}))
result["versions by metadata"] = versions(registries().versions(filter={"metadata.acc": {"$gt": 0.6}}))
result["versions by size"] = versions(registries().versions(filter={"artifact_size": {"$gt": 3}}))
result["versions of a collection"] = versions(registries().collections(filter={"name": "beasts"}).versions(filter={"version": "v1"}))
result["versions paged"] = versions(registries().versions(per_page=1))
result["versions by date"] = versions(registries({"name": "models"}).versions(filter={"$and": [{"created_at": {"$gt": "2020-01-01"}}, {"alias": "latest"}]}))
result["versions in order"] = [each.name for each in registries().versions(order="-linked_at")]
note("unknown field", lambda: versions(registries().versions(filter={"colour": "red"})))

# Members
member = api().user(PLAN["member"])
team = api().team(PLAN["team"])
registry = api().registry("everything", organization=ORG)


def members():
    registry = api().registry("everything", organization=ORG)
    users = {each.user.username: str(getattr(each.role, "value", each.role)) for each in registry.user_members()}
    teams = {each.team.name: str(getattr(each.role, "value", each.role)) for each in registry.team_members()}
    return {"users": users, "teams": teams}


result["members"] = members()
registry.add_members(member, team)
result["members added"] = members()
registry.update_member(member, role="admin").update_member(team, role="restricted_viewer")
result["members changed"] = members()
note("unknown role", lambda: registry.update_member(member, role="owner"))
if PLAN.get("keep"):
    report(result)
    raise SystemExit
registry.remove_members(member, team)
result["members removed"] = members()
result["team"] = {"name": team.name, "members": sorted((each.username, each.admin) for each in team.members)}
result["users"] = sorted(each.username for each in api().users(PLAN["member"]))
note("no such user", lambda: api().user("absent-user"))

# Ends
unlinked = api().artifact(f"{ORG}/wandb-registry-models/beasts:v1")
unlinked.unlink()
result["after unlink"] = versions(api().registry("models", organization=ORG).versions())
result["latest after unlink"] = linked(api().artifact(f"{ORG}/wandb-registry-models/beasts:latest"))
note("unlink the source", lambda: api().artifact(f"{PROJECT}/zoo:v1").unlink())
api().artifact(f"{ORG}/wandb-registry-models/beasts:v0").delete()
result["after delete of a link"] = [versions(api().registry("models", organization=ORG).versions()), api().artifact_exists(f"{PROJECT}/zoo:v0")]
api().artifact_collection("dataset", f"{ORG}-org/wandb-registry-everything/rows").delete()
result["after delete of a collection"] = names(api().registry("everything", organization=ORG).collections())
api().registry("everything", organization=ORG).delete()
result["after delete"] = names(registries())
note("deleted", lambda: api().registry("everything", organization=ORG))
report(result)
