"""Says what Python sees of an organization's registries, and makes one of its own with a linked version."""

import wandb
from steelyard_e2e import args, report

api = wandb.Api()
ORGANIZATION = args()["organization"]


def facts(registry):
    return {
        "name": registry.name,
        "full name": registry.full_name,
        "description": registry.description,
        "visibility": registry.visibility,
        "all types": registry.allow_all_artifact_types,
        "types": sorted(registry.artifact_types),
        "organization": registry.organization,
        "entity": registry.entity,
        "collections": sorted(collection.name for collection in registry.collections()),
        "versions": sorted(f"{version.name} {','.join(sorted(version.aliases))}" for version in registry.versions()),
        "users": sorted((member.user.username, str(member.role.value if hasattr(member.role, "value") else member.role)) for member in registry.user_members()),
    }


if args().get("create"):
    mine = api.create_registry(
        name="python", visibility="restricted", organization=ORGANIZATION, description="from Python", artifact_types=["model"]
    )
    with wandb.init(project="shop", id="linker") as run:
        artifact = wandb.Artifact("net", type="model")
        with artifact.new_file("weights.txt") as file:
            file.write("1 2 3")
        logged = run.log_artifact(artifact).wait()
    linked = logged.link(f"{ORGANIZATION}/wandb-registry-python/nets", aliases=["prod"])

report([facts(registry) for registry in api.registries(organization=ORGANIZATION, order="+name")])
