"""What every script of the end-to-end tests shares: arguments in, result out, exact values on the way.

The test passes arguments as JSON in STEELYARD_ARGS and reads the result from the file STEELYARD_RESULT, so that
standard output stays free for what a script prints for its run.
"""

import base64
import collections.abc
import datetime
import json
import os


def args():
    """The arguments that the test passed."""
    return json.loads(os.environ["STEELYARD_ARGS"])


def report(value):
    """Hands the result to the test; the last call wins."""
    path = os.environ["STEELYARD_RESULT"]
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(encode(value), file)
    os.replace(path + ".part", path)


def encode(value):
    """The printed form of a value: see e2e/python/python-value.ts."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(float(value))}
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, BaseException):
        return {"error": {"type": type(value).__name__, "message": str(value)}}
    if isinstance(value, collections.abc.Mapping) or hasattr(value, "items"):
        return {"dict": {str(key): encode(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple, set, frozenset, collections.abc.Iterator)):
        return [encode(item) for item in value]
    return {"object": type(value).__name__}


def attempt(action):
    """The value of an action, or the exception that it raised."""
    try:
        return action()
    except Exception as error:  # the test decides which exceptions are right
        return error
