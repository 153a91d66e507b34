"""Logs runs that between them hold everything a script can log, and reports what was logged.

Each function makes one run; ids are fixed so that readers can name them.
"""

import math
import os
import sys
import time

import numpy
import wandb
from PIL import Image
from steelyard_e2e import args, report

PROJECT = args()["project"]
BIG = 2**60


def scalars():
    """Values of every kind under keys of every kind, a configuration that changes, and every label."""
    config = {
        "lr": 0.1,
        "layers": [16, 32, 64],
        "optimizer": {"name": "adam", "betas": [0.9, 0.999], "deep": {"er": {"value": 1}}},
        "seed": BIG + 1,
        "nothing": None,
        "flag": True,
        "dotted.key": 1,
        "slash/key": "v",
        "text": "naïve ✓ \U0001f600 \"quoted\" \\ back",
        "not a number": math.nan,
        "whole": 3.0,
    }
    with wandb.init(
        id="scalars",
        name="Every scalar",
        project=PROJECT,
        config=config,
        tags=["first", "two words"],
        notes="line one\nline two",
        group="group-a",
        job_type="train",
    ) as run:
        for i in range(20):
            row = {
                "loss": 1 / (i + 1),
                "count": i,
                "big": BIG + 2 * i + 1,
                "negative": -(2**53) - i,
                "nested": {"a": {"b": i, "c": {"d": i * 2}}, "e.f": i},
                "dotted.key": i * 10,
                "slash/key": i * 100,
                "sp ace": i,
                "ключ": i,
                "nan": math.nan if i % 2 else float(i),
                "inf": math.inf,
                "neg_inf": -math.inf,
                "text": f"step {i} ✓",
                "flag": i % 2 == 0,
                "list": [i, i + 0.5, "x"],
                "tiny": 5e-324,
                "huge": 1.7976931348623157e308,
            }
            if i % 5 == 0:
                row["sparse"] = i
            run.log(row)
        run.log({"after_gap": 1}, step=30)
        run.log({"after_gap": 2}, step=40)
        run.config.update({"late": {"added": True}})
        run.config.update({"lr": 0.2}, allow_val_change=True)
        run.tags = run.tags + ("added",)
        run.notes = "changed notes"
        run.name = "Every scalar, renamed"
        run.summary["best"] = 0.5
        run.summary["big"] = BIG + 7
        run.summary.update({"nested_summary": {"x": {"y": 1}}})
    return run.id


def metrics():
    """Metrics with their own axis, hidden ones, and every way to summarise."""
    with wandb.init(id="metrics", project=PROJECT, group="group-a", job_type="eval", tags=["first"]) as run:
        run.define_metric("epoch", hidden=True)
        run.define_metric("val/*", step_metric="epoch")
        run.define_metric("loss", summary="min,max,mean,last,first")
        run.define_metric("acc", summary="max")
        run.define_metric("err", summary="min")
        run.define_metric("silent", summary="none")
        for i in range(10):
            run.log({"epoch": i // 2, "val/loss": 10 - i, "loss": (i - 3) ** 2, "acc": i % 7, "err": abs(i - 4), "silent": i})
    return run.id


def media():
    """One of each kind of media that needs no further package."""
    pixels = numpy.zeros((8, 8, 3), dtype=numpy.uint8)
    pixels[:4] = 255
    image = Image.fromarray(pixels)
    write("tone.wav", wav_of_silence())
    write("clip.mp4", b"\x00\x00\x00\x18ftypmp42")
    write("shape.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    write("molecule.pdb", b"ATOM      1  N   MET A   1      0.000   0.000   0.000\nEND\n")
    with wandb.init(id="media", project=PROJECT, job_type="train") as run:
        for i in range(3):
            run.log(
                {
                    "hist": wandb.Histogram([0, 1, 1, 2, i]),
                    "image": wandb.Image(image, caption=f"caption {i}"),
                    "images": [wandb.Image(image, caption="one"), wandb.Image(image, caption="two")],
                    "deep/er/image": wandb.Image(pixels),
                    "html": wandb.Html(f"<b>step {i}</b>"),
                    "HT%3ML ": wandb.Html("<i>odd key</i>"),
                }
            )
        table = wandb.Table(columns=["name", "value", "none"])
        table.add_data("a", 1.5, None)
        table.add_data("b ✓", 2, "x")
        run.log(
            {
                "table": table,
                "audio": wandb.Audio("tone.wav", caption="silence"),
                "video": wandb.Video("clip.mp4", format="mp4"),
                "object": wandb.Object3D(open("shape.obj")),
                "molecule": wandb.Molecule("molecule.pdb"),
                "chart": wandb.plot.line(wandb.Table(columns=["x", "y"], data=[[0, 1], [1, 2]]), "x", "y", title="Chart"),
            }
        )
    return run.id


def console():
    """What a terminal shows: colours, a progress bar that rewrites its line, errors, and many lines."""
    with wandb.init(id="console", project=PROJECT, settings=wandb.Settings(x_stats_sampling_interval=0.3)) as run:
        print("first line")
        for percent in range(0, 101, 5):
            sys.stdout.write(f"\rprogress {percent:3d}% |{'#' * (percent // 10):<10}|")
            sys.stdout.flush()
            time.sleep(0.03)
        sys.stdout.write("\n")
        print("\x1b[31mred\x1b[0m and ünïcode ✓")
        print("an error line", file=sys.stderr)
        for i in range(60):
            print(f"line {i}")
        print("last line")
        run.log({"done": 1})
        time.sleep(1)
    return run.id


def files():
    """Files that a script saves itself, code, and an artifact of whole files."""
    os.makedirs("saved/sub", exist_ok=True)
    write("saved/a.txt", b"hello a")
    write("saved/sub/b with space & # %41 ünï.txt", "hello b ✓".encode())
    write("saved/empty.txt", b"")
    write("saved/large.bin", bytes(range(256)) * 4096)
    os.makedirs("code", exist_ok=True)
    write("code/train.py", b"print('train')\n")
    with wandb.init(id="files", project=PROJECT) as run:
        run.save("saved/*.txt", base_path="saved", policy="now")
        run.save("saved/sub/*", base_path="saved", policy="end")
        run.save("saved/large.bin", base_path="saved")
        run.log_code("code")
        artifact = wandb.Artifact("dataset-one", type="dataset", description="two files", metadata={"rows": 2})
        artifact.add_file("saved/a.txt")
        artifact.add_file("saved/large.bin", name="bin/large.bin")
        run.log_artifact(artifact, aliases=["mine"])
        if not run.offline:
            artifact.wait()
        run.log({"done": 1})
    return run.id


def failed():
    """A run that ends with an exit code."""
    run = wandb.init(id="failed", project=PROJECT, group="group-b", config={"lr": 0.5, "optimizer": {"name": "sgd"}})
    run.log({"loss": 3.5})
    run.alert("Something is wrong", "the loss is 3.5", level=wandb.AlertLevel.ERROR, wait_duration=60)
    run.finish(exit_code=3)
    return run.id


def empty():
    """A run that logs nothing at all."""
    with wandb.init(id="empty", project=PROJECT) as run:
        pass
    return run.id


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def wav_of_silence():
    data = bytes(800)
    header = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += (1).to_bytes(2, "little") + (1).to_bytes(2, "little") + (8000).to_bytes(4, "little")
    header += (8000).to_bytes(4, "little") + (1).to_bytes(2, "little") + (8).to_bytes(2, "little")
    return header + b"data" + len(data).to_bytes(4, "little") + data


KINDS = {function.__name__: function for function in (scalars, metrics, media, console, files, failed, empty)}

report([KINDS[kind]() for kind in args().get("kinds", KINDS)])
