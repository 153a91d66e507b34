"""Creates sweeps with `wandb sweep` and changes how they stand, each command as a person would type it."""

import pathlib
import re

import wandb
from click.testing import CliRunner
from steelyard_e2e import args, report
from wandb.cli.cli import cli

given = args()
runner = CliRunner()


def sweep(*words):
    result = runner.invoke(cli, ["sweep", *words])
    return {"code": result.exit_code, "printed": result.output}


def create(text):
    pathlib.Path("sweep.yaml").write_text(text)
    return sweep("--project", given["project"], "sweep.yaml")


def state(path):
    return wandb.Api().sweep(path).state


path = None
seen = {"states": []}
created = create(given["config"])
found = re.search(r"wandb agent (\S+/\S+/\w+)", created["printed"])
if found:
    path = found.group(1)
    seen["states"].append(state(path))
    # A sweep that has not begun cannot be paused; its first run begins it.
    for command in ["--resume", "--pause", "--resume", "--stop", "--resume", "--cancel"]:
        seen.setdefault("codes", []).append(sweep(command, path)["code"])
        seen["states"].append(state(path))
report({**seen, "created": created, "path": path, "refused": create(given["nonsense"])})
