"""The checks of `wandb verify`, one by one, with what each of them printed."""

import contextlib
import io

import wandb
from steelyard_e2e import args, attempt, report
from wandb.agents import pyagent
from wandb.sdk.verify import verify

# The check of sweeps carries out ten runs; an agent calls every 5 seconds, and a test cannot wait that long.
pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.2

api = wandb.Api()
host = args()["host"]


def check(action):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = attempt(action)
    return {"result": result, "printed": printed.getvalue()}


put = check(lambda: verify.check_graphql_put(api, host))
url = put["result"][1] if isinstance(put["result"], tuple) else None
checks = {
    "https": check(lambda: verify.check_secure_requests(host, "Checking requests to base url", "not over https")),
    "https of signed URLs": check(
        lambda: verify.check_secure_requests(url, "Checking requests made over signed URLs", "not over https")
    ),
    "logged in": check(lambda: verify.check_logged_in(api, host)),
    "signed URL upload": put,
    "large payload": check(verify.check_large_post),
    "CORS": check(lambda: verify.check_cors_configuration(url, host)),
    "version": check(lambda: verify.check_wandb_version(api)),
    "run": check(lambda: verify.check_run(api)),
}
checks["artifacts"] = check(verify.check_artifacts)
checks["sweeps"] = check(lambda: verify.check_sweeps(api))
report(checks)
