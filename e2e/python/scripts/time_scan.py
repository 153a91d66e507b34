"""Times whole scans of a long run, as users write them, and reports rows a second."""
import time

import wandb
from steelyard_e2e import args, report

run = wandb.Api().run(args()["path"])


def seconds(**options):
    start = time.perf_counter()
    count = sum(1 for _ in run.scan_history(**options))
    return round(count / (time.perf_counter() - start))


report(
    {
        "Python scan_history, rows a second": seconds(max_step=args()["rows"]),
        "Python scan_history of one key, rows a second": seconds(keys=["metric/7"], max_step=args()["rows"]),
    }
)
