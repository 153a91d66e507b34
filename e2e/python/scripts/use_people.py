"""Makes users, teams, members, service accounts and keys with the real client, and reports what it then reads."""

import wandb
from steelyard_e2e import args, attempt, report

PLAN = args()
TEAM = PLAN["team"]
result = {}


def note(name, action):
    value = result[name] = attempt(action)
    return value


def user(each):
    return {
        "username": each.username,
        "name": each.name,
        "email": each.email,
        "admin": each.admin,
        "teams": each.teams,
        "apiKeys": each.api_keys,
    }


def bare(each):
    return {"username": each.username, "email": each.email, "admin": each.admin, "apiKeys": each.api_keys}


def member(each):
    return [each.name, each.email, each.admin, each.pending, each.account_type, each.team]


api = wandb.Api()
note("created user", lambda: bare(api.create_user("grace@example.org")))
note("created admin", lambda: bare(api.create_user("chief@example.org", admin=True)))
note("created again", lambda: bare(api.create_user("grace@example.org")))
note("no address", lambda: bare(api.create_user("grace")))
note("found user", lambda: user(api.user("grace@example.org")))
note("no user", lambda: api.user("nobody-at-all"))
note("found users", lambda: [each.username for each in api.users("grace")])

team = api.create_team(TEAM)
note("created team", lambda: [team.name, team.is_team, team.entity_type, team.available])
note("members", lambda: [member(each) for each in team.members])
note("other admin", lambda: [each.username for each in api.create_team(TEAM + "2", "grace").members])
note("same team", lambda: api.create_team(TEAM).id == team.id)
note("no team", lambda: api.team("no-such-team"))

note("invite user", lambda: team.invite("grace"))
note("invite again", lambda: team.invite("grace"))
note("invite address", lambda: team.invite("new@example.org", admin=True))
note("invite address again", lambda: team.invite("new@example.org"))
note("invite nobody", lambda: team.invite("nobody-at-all"))

account = note("service account", lambda: team.create_service_account("nightly builds"))
result["service account"] = member(account)
key = account.api_key
result["its key"] = key
note("no service account", lambda: team.create_service_account(""))
team.load(True)
note("members after", lambda: [member(each) for each in team.members])
note("its key again", lambda: team.members[-1].api_key)

robot = wandb.Api(api_key=key)
note("robot", lambda: [robot.viewer.entity, robot.viewer.teams, robot.default_entity])

viewer = api.viewer
before = len(viewer.api_keys)
made = viewer.generate_api_key("made in a test")
result["made key"] = made
note("works", lambda: wandb.Api(api_key=made).viewer.username)
note("lists", lambda: [len(viewer.api_keys) - before, viewer.api_keys[-1] == made])
fresh = wandb.Api().viewer.api_keys
result["mask"] = [each for each in fresh if each.startswith(made.split("-", 1)[-1][:4])]
note("deleted", lambda: viewer.delete_api_key(made))
note("deleted unknown", lambda: viewer.delete_api_key("no such key"))
note("gone", lambda: wandb.Api(api_key=made).viewer.username)

note("removed", lambda: [each.delete() for each in team.members if each.name in ("grace", "new@example.org")])
note("removed again", lambda: team.members[1].delete())
note("removed robot", lambda: team.members[-1].delete())
team.load(True)
note("members last", lambda: [member(each) for each in team.members])
note("robot gone", lambda: wandb.Api(api_key=key).viewer.username)
report(result)
