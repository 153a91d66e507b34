"""Fills an MLflow store with runs and searches them as its users do; prints JSON with milliseconds.

Runs are written as rows of its own SQLite tables, as one run made by the library looks there: made one by one through
the library, 100,000 of them would take an hour. `search_runs` of the library then answers, without a server between.
"""

import json
import os
import random
import sqlite3
import sys
import time
import uuid

import mlflow

runs, repeats = (int(text) for text in sys.argv[1:3])
client = mlflow.MlflowClient(tracking_uri="sqlite:///mlflow.db")
experiment = client.create_experiment("table")
model = client.create_run(experiment, run_name="model").info.run_id
client.log_param(model, "lr", 0.01)
client.log_metric(model, "acc", 0.5)
client.log_metric(model, "loss", 0.5)
client.set_terminated(model)

database = sqlite3.connect("mlflow.db")
database.row_factory = sqlite3.Row
words = ["jade", "ruby", "opal", "onyx"]
shuffled = random.Random(7)
ids = [uuid.uuid4().hex for _ in range(runs)]
names = [f"{shuffled.choice(words)}-iris-{index}" for index in range(runs)]


def copy(table, column, rows):
    """Adds rows that are like the model's, but for some columns."""
    like = [dict(row) for row in database.execute(f"select * from {table} where {column} = ?", (model,))]
    columns = list(like[0])
    statement = f"insert into {table} ({','.join(columns)}) values ({','.join('?' * len(columns))})"
    by_key = {row.get("key"): row for row in like}
    database.executemany(
        statement,
        ([{**by_key[row.get("key")], **row}[name] for name in columns] for row in rows),
    )


started = time.perf_counter()
copy(
    "runs",
    "run_uuid",
    (
        {"run_uuid": id, "name": names[index], "start_time": 1_700_000_000_000 + index * 1000}
        for index, id in enumerate(ids)
    ),
)
copy("params", "run_uuid", ({"run_uuid": id, "key": "lr", "value": str(shuffled.choice([0.1, 0.03, 0.01, 0.003, 0.001]))} for id in ids))
for table in ("metrics", "latest_metrics"):
    values = random.Random(11)
    copy(
        table,
        "run_uuid",
        ({"run_uuid": id, "key": key, "value": values.random() * (1 if key == "acc" else 4)} for id in ids for key in ("acc", "loss")),
    )
tags = {row["key"] for row in database.execute("select key from tags where run_uuid = ?", (model,))}
copy(
    "tags",
    "run_uuid",
    (
        {"run_uuid": id, "key": key} | ({"value": name} if key == "mlflow.runName" else {})
        for id, name in zip(ids, names)
        for key in tags
    ),
)
database.commit()
database.execute("analyze")
database.close()
filled = time.perf_counter() - started

QUESTIONS = {
    "`config.lr` = x, newest 50": ("params.lr = '0.01'", "attributes.start_time DESC"),
    "`acc` > 0.9 by `loss`, 50": ("metrics.acc > 0.9", "metrics.loss ASC"),
    "`config.lr` = x and `acc` > 0.9 by `loss`, 50": ("params.lr = '0.01' and metrics.acc > 0.9", "metrics.loss ASC"),
    "`displayName` matches a pattern, newest 50 (LIKE in SQL)": ("attributes.run_name LIKE 'jade-iris-%7'", "attributes.start_time DESC"),
    "finished by `-config.lr,+loss`, 50": ("attributes.status = 'FINISHED'", "params.lr DESC, metrics.loss ASC"),
}
questions = []
for title, (filter_string, *order) in QUESTIONS.items():
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        page = client.search_runs([experiment], filter_string, max_results=50, order_by=order[0].split(", "))
        times.append((time.perf_counter() - started) * 1000)
        if len(page) != min(50, runs) and runs >= 10_000:
            raise SystemExit(f"{title}: {len(page)} runs on the page")
    times.sort()
    questions.append({"title": title, "first": times[-1], "p50": times[len(times) // 2]})
print(json.dumps({"runs": runs, "fillSeconds": filled, "mebibytes": os.path.getsize("mlflow.db") / 1024**2, "questions": questions}))
