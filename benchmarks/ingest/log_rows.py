"""Logs rows with a peer's library for some seconds, as its documentation says, and prints what that took as JSON."""
import json
import random
import resource
import sys
import time

peer, seconds, keys = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
names = [f"metric/{key}" for key in range(keys)]


def open_aim():
    import aim

    # Neither counts the machine nor copies the terminal: only the rows are compared.
    run = aim.Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)

    def log(step, values):
        for name, value in values.items():
            run.track(value, name=name, step=step)

    return log, run.close


def open_trackio():
    import trackio

    trackio.init(project="ingest", embed=False)
    return lambda step, values: trackio.log(values, step=step), trackio.finish


log, finish = {"aim": open_aim, "trackio": open_trackio}[peer]()
times = []
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu_before = usage.ru_utime + usage.ru_stime
started = time.perf_counter()
step = 0
while (at := time.perf_counter()) - started < seconds:
    log(step, {name: random.random() for name in names})
    times.append(time.perf_counter() - at)
    step += 1
# What was only remembered so far is stored now.
finish()
elapsed = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_SELF)
times.sort()
share = lambda part: times[min(len(times) - 1, int(len(times) * part))] * 1000
print(
    json.dumps(
        {
            "rows": step,
            "seconds": elapsed,
            "cpuSeconds": usage.ru_utime + usage.ru_stime - cpu_before,
            "milliseconds": {"p50": share(0.5), "p99": share(0.99), "max": share(1)},
        }
    )
)
