"""The `wandb agent` command, calling more often than every 5 seconds."""

from steelyard_e2e import args
from wandb import wandb_agent
from wandb.cli.cli import cli

wandb_agent.Agent.POLL_INTERVAL = 0.3
cli(["agent", args()["sweep"]])
