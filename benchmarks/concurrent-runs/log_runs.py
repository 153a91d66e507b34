"""Logs many runs at the same time with the real client, and prints as JSON how long that took."""
import json
import random
import sys
import threading
import time

import wandb

run_count, steps, keys = (int(text) for text in sys.argv[1:4])
names = [f"metric/{key}" for key in range(keys)]
rows = [{name: random.random() for name in names} for _ in range(steps)]


def in_threads(act, items):
    """Does something with every item at once; the first failure ends the program."""
    failures = []

    def guarded(item):
        try:
            act(item)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def log(run):
    for row in rows:
        run.log(row)


settings = wandb.Settings(console="off", disable_git=True, x_disable_stats=True, x_disable_meta=True)
wandb.setup()
started = time.perf_counter()
runs = []
for index in range(run_count):
    runs.append(wandb.init(project="concurrent", id=f"run-{index}", reinit="create_new", settings=settings))
initialized = time.perf_counter()
in_threads(log, runs)
logged = time.perf_counter()
in_threads(lambda run: run.finish(), runs)
finished = time.perf_counter()
print(
    json.dumps(
        {
            "initSeconds": initialized - started,
            "logSeconds": logged - initialized,
            "finishSeconds": finished - logged,
            "totalSeconds": finished - started,
        }
    )
)
