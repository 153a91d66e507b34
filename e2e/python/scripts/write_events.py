"""Writes event files with tensorboardX: two folders with scalars, histograms, pictures, text and hyperparameters."""

import numpy as np
from steelyard_e2e import args
from tensorboardX import SummaryWriter
from tensorboardX.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2

FOLDER = args()["folder"]
START = 1_700_000_000.0


def tensor(value, kind, field):
    """A value as the second generation of writers gives it."""
    array = np.asarray(value)
    proto = tensor_pb2.TensorProto(dtype=kind)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, field).extend(array.flatten().tolist())
    return proto


def add(writer, tag, proto, plugin, step, walltime):
    value = summary_pb2.Summary.Value(tag=tag, tensor=proto)
    value.metadata.plugin_data.plugin_name = plugin
    event = event_pb2.Event(wall_time=walltime, step=step, summary=summary_pb2.Summary(value=[value]))
    writer.file_writer.event_writer.add_event(event)


for number, name in enumerate(["train", "eval"]):
    # The suffix tells the files apart: Python's sync mixes up files of the same name.
    writer = SummaryWriter(f"{FOLDER}/{name}", filename_suffix=f".{name}")
    for step in range(6):
        time = START + step + number / 2
        writer.add_scalar("loss", 1 / (step + 1), step, walltime=time)
        add(writer, "acc", tensor(step / 7, types_pb2.DT_DOUBLE, "double_val"), "scalars", step, time + 0.01)
        if step % 2 == 0:
            writer.add_histogram("weights/dense", np.arange(10) * (step + 1) / 3, step, walltime=time + 0.02)
            rows = [[0, 1, 3 + step], [1, 2.5, 5]]
            add(writer, "biases", tensor(rows, types_pb2.DT_FLOAT, "float_val"), "histograms", step, time + 0.03)
    late = START + 6 + number / 2
    writer.add_image("pictures/a b", (np.arange(3 * 8 * 8).reshape(3, 8, 8) % 255).astype(np.uint8), 6, walltime=late)
    writer.add_text("note", "hello **world**", 6, walltime=late + 0.1)
    add(writer, "vector", tensor([1.5, 2.5, 4], types_pb2.DT_FLOAT, "float_val"), "", 6, late + 0.2)
    add(writer, "large", tensor(np.arange(64), types_pb2.DT_INT64, "int64_val"), "", 6, late + 0.3)
    writer.add_scalar("infinite", float("inf"), 7, walltime=late + 1)
    writer.close()
