"""Reads what use_registries.py left, under the names that the TypeScript reader uses as well."""

import wandb
from steelyard_e2e import args, report

PLAN = args()
ORG = PLAN["organization"]
api = wandb.Api()


def registry(each):
    return {
        "id": each.id,
        "internalId": each.internal_id,
        "name": each.name,
        "fullName": each.full_name,
        "entity": each.entity,
        "organization": each.organization,
        "description": each.description,
        "visibility": each.visibility,
        "allowAllArtifactTypes": each.allow_all_artifact_types,
        "artifactTypes": list(each.artifact_types),
        "createdAt": each.created_at,
        "updatedAt": each.updated_at,
        "path": each.path,
    }


def collection(each):
    return {
        "id": each.id,
        "name": each.name,
        "entity": each.entity,
        "project": each.project,
        "type": each.type,
        "description": each.description,
        "tags": sorted(each.tags),
        "createdAt": each.created_at,
        "updatedAt": each.updated_at,
        "isSequence": each.is_sequence(),
        "aliases": sorted(each.aliases),
    }


def version(each):
    return {
        "id": each.id,
        "name": each.name,
        "qualifiedName": each.qualified_name,
        "version": each.version,
        "aliases": sorted(each.aliases),
        "tags": sorted(each.tags),
        "type": each.type,
        "isLink": each.is_link,
        "sourceQualifiedName": each.source_qualified_name,
        "sourceVersion": each.source_version,
        "digest": each.digest,
        "size": each.size,
        "fileCount": each.file_count,
        "metadata": each.metadata,
    }


def found(**more):
    return api.registries(organization=ORG, **more)


def member(each):
    return [each.user.username, str(getattr(each.role, "value", each.role))]


organization = api.organization(ORG)
models = api.registry("models", organization=ORG)
everything = api.registry("everything", organization=ORG)
report(
    {
        "organization": [organization.id, organization.name, organization.org_entity.name],
        "registry": registry(models),
        "registries": [registry(each) for each in found(order="+name")],
        "registries by filter": [each.name for each in found(filter={"$or": [{"name": "models"}, {"description": {"$exists": True}}]})],
        "collections": [collection(each) for each in found().collections(order="+name")],
        "collections of each": [each.name for each in found(order="-name").collections()],
        "collections by tag": [each.name for each in found().collections(filter={"tag": "vision"})],
        "collections counted": len(found().collections()),
        "versions": sorted((version(each) for each in found().versions()), key=lambda each: each["qualifiedName"]),
        "versions by metadata": [each.name for each in found().versions(filter={"metadata.acc": {"$gt": 0.6}})],
        "versions by alias": [each.name for each in models.versions(filter={"alias": {"$in": ["shipped", "staging"]}})],
        "versions of a collection": [each.name for each in models.collections(filter={"name": "beasts"}).versions(per_page=1)],
        "members": [member(each) for each in everything.user_members()],
        "teams": [each.team.name for each in everything.team_members()],
        "by path": version(api.artifact(f"{ORG}/wandb-registry-models/beasts:latest")),
        "linked": sorted(each.qualified_name for each in api.artifact(f"{PLAN['project']}/zoo:v1").linked_artifacts),
        "team": [[each.username, each.admin] for each in api.team(PLAN["team"]).members],
        "users": [each.username for each in api.users(PLAN["member"])],
    }
)
