"""A training that writes for TensorBoard only; `sync_tensorboard=True` is all that wandb knows of it."""

import numpy as np
import wandb
from steelyard_e2e import args, report
from tensorboardX import SummaryWriter

with wandb.init(id="synced", project=args()["project"], sync_tensorboard=True) as run:
    writer = SummaryWriter("logs")
    for step in range(5):
        writer.add_scalar("loss", 1 / (step + 1), step)
    writer.add_histogram("weights", np.arange(10), 5)
    writer.add_image("picture", np.zeros((3, 4, 6), np.uint8), 6)
    writer.add_scalar("loss", 0.125, 7)
    writer.close()

read = wandb.Api().run(f"{run.entity}/{run.project}/synced")
report(
    {
        "state": read.state,
        "rows": list(read.scan_history()),
        "files": sorted(file.name for file in read.files()),
        "loss": read.summary["loss"],
    }
)
