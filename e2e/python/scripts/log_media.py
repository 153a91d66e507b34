"""Logs an artifact with tables and media of every kind that artifacts take as objects."""

import wave

import numpy
import wandb
from PIL import Image
from steelyard_e2e import args, report

Image.new("RGB", (4, 3), (255, 0, 0)).save("red.png")
with open("film.mp4", "wb") as file:
    file.write(b"\0\0\0\x18ftypmp42")
with wave.open("beep.wav", "w") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(8000)
    file.writeframes(b"\0\0" * 80)
with wandb.init(id="media", project=args()["project"]) as run:
    artifact = wandb.Artifact("media", type="dataset")
    image = wandb.Image("red.png", caption="red")
    first = wandb.Table(columns=["n", "text", "picture"], data=[[1, "a", image], [2.5, None, image]])
    second = wandb.Table(columns=["n", "page"], data=[[1, wandb.Html("<b>x</b>")]])
    artifact.add(first, "first")
    artifact.add(second, "second")
    artifact.add(image, "pictures/red")
    artifact.add(wandb.Audio("beep.wav", caption="beep"), "sound")
    artifact.add(wandb.Video("film.mp4", format="mp4"), "film")
    artifact.add(wandb.Html("<p>hi</p>"), "page")
    artifact.add(wandb.Object3D(numpy.array([[0, 0, 0], [1, 1, 1]])), "cloud")
    artifact.add(wandb.JoinedTable(first, second, "n"), "joined")
    artifact.add(wandb.data_types.PartitionedTable("parts"), "partitioned")
    artifact.add(wandb.Table(columns=["k"], data=[[1], [2]]), "parts/one")
    run.log_artifact(artifact).wait()
report(None)
