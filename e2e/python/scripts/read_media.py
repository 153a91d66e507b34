"""Reads tables and media that another client added to an artifact."""

import wandb
from steelyard_e2e import args, report

artifact = wandb.Api().artifact(args()["path"])
table = artifact.get("rows")
picture = artifact.get("picture")
page = artifact.get("page")
report(
    {
        "columns": table.columns,
        "rows": [[cell if not hasattr(cell, "_path") else type(cell).__name__ for cell in row] for row in table.data],
        "picture": [type(picture).__name__, picture.format, picture._caption, picture._width],
        "page": type(page).__name__,
    }
)
