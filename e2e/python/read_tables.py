"""Prints the rows of a Parquet file or an Arrow stream as pyarrow reads them, a JSON object a line, doubles by their bits."""

import json
import struct
import sys

import pyarrow
import pyarrow.ipc
import pyarrow.parquet


def printed(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        return {"double": struct.pack(">d", value).hex()}
    raise TypeError(f"{value!r} is a {type(value).__name__}")


form, path = sys.argv[1:]
if form == "parquet":
    table = pyarrow.parquet.read_table(path)
else:
    with pyarrow.OSFile(path) as source:
        table = pyarrow.ipc.open_stream(source).read_all()
table.validate(full=True)
for row in table.to_pylist():
    print(json.dumps({name: printed(value) for name, value in row.items()}))
