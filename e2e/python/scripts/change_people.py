"""Makes and changes people under a prefix and reports what it saw; e2e/differential/people.test.ts does the same."""

import wandb
from steelyard_e2e import args, attempt, report

P = args()["prefix"]
api = wandb.Api()
result = {}


def user(each):
    return [each.username, each.name, each.email, each.admin, each.entity, each.teams, each.deleted_at]


def member(each):
    return [each.username if each.account_type == "USER" else None, each.name, each.email, each.admin, each.pending, each.account_type, each.photo_url, each.team]


def facts(team):
    return {
        "name": team.name,
        "available": team.available,
        "photo_url": team.photo_url,
        "read_only": team.read_only,
        "read_only_admin": team.read_only_admin,
        "is_team": team.is_team,
        "entity_type": team.entity_type,
        "private_only": team.private_only,
        "storage_bytes": team.storage_bytes,
        "code_saving_enabled": team.code_saving_enabled,
        "default_access": team.default_access,
        "is_paid": team.is_paid,
        "members": [member(each) for each in team.members],
    }


made = api.create_user(f"{P}grace@example.org")
result["created"] = [made.username, made.name, made.email, made.admin, made.api_keys, made.teams]
result["created admin"] = api.create_user(f"{P}chief@example.org", admin=True).admin
result["user"] = user(api.user(f"{P}grace"))
result["no user"] = api.user(f"{P}nobody")
result["users"] = sorted(each.username for each in api.users(P))
result["team"] = facts(api.create_team(f"{P}vision"))
result["other admin"] = [each.username for each in api.create_team(f"{P}audio", f"{P}grace").members]
team = api.team(f"{P}vision")
result["invites"] = [team.invite(who) for who in (f"{P}grace", f"{P}grace", f"{P}new@example.org", f"{P}new@example.org", f"{P}nobody")]
account = team.create_service_account("builds")
result["account"] = member(account)
result["its key"] = len(account.api_key)
result["robot"] = [wandb.Api(api_key=account.api_key).default_entity, wandb.Api(api_key=account.api_key).viewer.teams]
team.load(True)
result["changed"] = facts(team)
result["mask"] = len(team.members[-1].api_key)
result["no mask"] = team.members[0].api_key
viewer = api.viewer
key = viewer.generate_api_key("made in a test")
result["generated"] = [len(key), viewer.api_keys[-1] == key]
result["works"] = wandb.Api(api_key=key).viewer.username
result["deleted"] = viewer.delete_api_key(key)
result["unknown key"] = type(attempt(lambda: viewer.delete_api_key("no such key"))).__name__
result["removed"] = [each.delete() for each in team.members[1:]]
team.load(True)
result["left"] = [member(each) for each in team.members]
report(result)
