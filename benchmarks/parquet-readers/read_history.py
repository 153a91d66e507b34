"""Reads the runs of the proof with the installed client in every way it has, and compares what comes out.

Arguments: the server, a JSON file with the cases, and the file that gets one JSON line for each case. After a crash
of the client's background process nothing more can be read in this process: it reports the case and ends with 3.
"""

import collections
import glob
import hashlib
import inspect
import json
import os
import sys
import tempfile
import time
import urllib.request

import wandb

CRASH_EXIT = 3
CACHE = os.environ["WANDB_CACHE_DIR"]


class Crash(Exception):
    """The client's background process is gone."""


def main():
    server, cases_file, results_file = sys.argv[1:]
    with open(cases_file, encoding="utf-8") as file:
        cases = json.load(file)
    api = wandb.Api(overrides={"entity": "proof"})
    for case in cases:
        reader = CaseReader(server, api, case)
        crashed = False
        try:
            reader.read()
        except Crash:
            crashed = True
        with open(results_file, "a", encoding="utf-8") as file:
            file.write(json.dumps({"name": case["name"], "answers": reader.answers}) + "\n")
        if crashed:
            os._exit(CRASH_EXIT)


class CaseReader:
    """Asks every question about one run."""

    def __init__(self, server, api, case):
        self.server = server
        self.case = case
        self.api = api
        self.use_run("parquet", case["name"])
        self.options = {"page_size": case["pageSize"]} if case["pageSize"] else {}
        self.has_files = scan_of_files(self.parquet) is not None
        self.answers = []
        self.stage = ""

    def use_run(self, project, name):
        self.name = name
        self.parquet = self.api.run(f"proof/{project}/{name}")
        self.live = self.api.run(f"proof/live/{name}")

    def read(self):
        self.read_stage()
        if self.case["next"]:
            self.fetch(f"advance/{self.name}")
            self.use_run(*self.case["next"])
            self.stage = "then: "
            self.read_stage(is_changed=True)

    def read_stage(self, is_changed=False):
        self.logged = [json.loads(line) for line in self.fetch(f"logged/{self.name}").split("\n") if line]
        self.from_live = {}
        if not self.has_files:
            self.scan("all", "live")
            for keys in self.case["keys"]:
                self.scan("keys", "live", keys=keys)
            return
        if is_changed:
            # What the first stage left behind is read first, then everything is asked for again.
            self.scan("all", "kept")
            for keys in self.case["keys"]:
                self.scan("keys", "kept", keys=keys)
            self.scan("all", "use_cache=False", use_cache=False)
        else:
            forget_files()
            for keys in self.case["keys"]:
                self.scan("keys", "not cached", keys=keys)
            self.scan("all", "not cached")
            self.scan("all", "cached")
            if not self.case["isTimed"]:
                self.scan("all", "use_cache=False", use_cache=False)
                self.scan("all", "beta_scan_history", beta=True)
            for keys in self.case["keys"]:
                self.scan("keys", "cached", keys=keys)
        for low, high in self.case["windows"]:
            self.scan("all", "window", min_step=low, max_step=high)
            for keys in self.case["keys"]:
                self.scan("keys", "window", keys=keys, min_step=low, max_step=high)
        if hasattr(self.parquet, "download_history_exports"):
            self.download(True)
            self.download(False)

    def scan(self, question, how, beta=False, **options):
        options = {**self.options, **options}
        keys = options.get("keys")
        answer = {"question": self.stage + question, "how": how, "keys": keys}
        if "max_step" in options:
            answer["how"] = f"steps {options['min_step']} to {options['max_step']}"
        self.answers.append(answer)
        scan = self.parquet.beta_scan_history if beta else scan_of_files(self.parquet) or self.parquet.scan_history
        rows = attempt(lambda: self.measure(scan, how, options, answer, "seconds", "requests"), answer)
        if rows is None:
            return
        answer["rows"] = len(rows)
        options.pop("use_cache", None)
        memo = repr(options)
        if memo not in self.from_live:
            self.from_live[memo] = self.scan_live(how, options)
        live, want, measured = self.from_live[memo]
        answer.update(measured)
        answer["fromLive"] = differences(live, rows)
        answer["fromLogged"] = differences(want, rows)

    def scan_live(self, how, options):
        """The rows of the live path, those that were logged, and how these differ and what the reading took."""
        measured = {}
        live = self.measure(self.live.scan_history, how, options, measured, "liveSeconds", "liveRequests")
        low, high = options.get("min_step", 0), options.get("max_step", 1 << 62)
        window = [row for row in self.logged if low <= row["_step"] < high]
        keys = options.get("keys")
        want = window if keys is None else list(filter(None, (cut(row, keys, live) for row in window)))
        measured["liveFromLogged"] = differences(want, live)
        return live, want, measured

    def measure(self, scan, how, options, answer, seconds, requests):
        """The rows; the large runs are read more than once, because the shortest time says most on a busy machine."""
        times = []
        repeats = 1 if not self.case["isTimed"] else 3 if "keys" in options else 2
        for _ in range(repeats):
            if how == "not cached":
                forget_files()
            self.counts()
            started = time.perf_counter()
            rows = list(scan(**options))
            times.append(time.perf_counter() - started)
            answer[requests] = self.counts()
        answer[seconds] = min(times)
        return rows

    def download(self, complete):
        how = "complete" if complete else "require_complete_history=False"
        answer = {"question": self.stage + "export", "how": how, "keys": None}
        self.answers.append(answer)
        with tempfile.TemporaryDirectory() as folder:
            result = attempt(
                lambda: self.parquet.download_history_exports(folder, require_complete_history=complete), answer
            )
            if result is None:
                return
            got = sorted(digest(path.read_bytes()) for path in result.paths)
        answer["files"] = len(got)
        same = got == sorted(self.case["digests"][self.stage != ""])
        answer["fromServed"] = {} if same else {"other bytes": ""}

    def counts(self):
        return json.loads(self.fetch("counts"))

    def fetch(self, path):
        with urllib.request.urlopen(f"{self.server}/{path}") as response:
            return response.read().decode("utf-8")


def scan_of_files(run):
    """The method that reads files, or None where the client has none; between them it was called beta."""
    for name in ("scan_history", "beta_scan_history"):
        method = getattr(run, name, None)
        if method and "use_cache" in inspect.signature(method).parameters:
            return method
    return None


def attempt(action, answer):
    """The value of an action; notes an exception, and raises `Crash` when the background process died of it."""
    try:
        return action()
    except Exception as error:
        cause = error
        names = []
        while cause is not None:
            names.append(f"{type(cause).__name__}: {cause}")
            cause = cause.__cause__
        answer["error"] = " <- ".join(names)
        if "service process is not running" in answer["error"] or "onnection lost" in answer["error"]:
            answer["crashed"] = True
            raise Crash from error
        return None


def cut(row, keys, live):
    """The row cut down to the keys, with its step when the live path gives steps, or None when it lacks a key."""
    names = [*keys, "_step"] if live and "_step" in live[0] else keys
    found = {key: look_up(row, key) for key in names}
    return None if MISSING in found.values() else found


class Missing:
    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


MISSING = Missing()


def look_up(row, key):
    if key in row:
        return row[key]
    value = row
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def differences(want, got):
    """How two lists of rows differ: {what: an example}; empty when they hold the same values of the same types."""
    if len(want) > 10_000 and same_fractions(want, got):
        return {}
    found = {}
    if len(want) != len(got):
        found[f"{len(got)} rows for {len(want)}"] = ""
    elif [row.get("_step") for row in want] != [row.get("_step") for row in got]:
        found["other steps or order"] = ""
    by_step = collections.defaultdict(list)
    for row in want:
        by_step[row.get("_step")].append(row)
    for index, row in enumerate(got):
        same_step = by_step.get(row.get("_step"), [])
        if len(want) == len(got):
            compare(want[index], row, "", found)
        elif same_step:
            compare(same_step.pop(0), row, "", found)
    return found


def same_fractions(want, got):
    """A quick look at rows of nothing but fractions; the whole comparison takes longer than the reading."""
    return want == got and all(type(row[key]) is float for row in got for key in row if key != "_step")


def compare(want, got, where, found):
    if type(want) is not type(got):
        kinds = f"{kind(got)} for {kind(want)}"
        found.setdefault(kinds, f"{where}: {short(got)} for {short(want)}")
    elif isinstance(want, dict):
        for key in {**want, **got}:
            path = f"{where}.{key}" if where else key
            if key not in got:
                found.setdefault("key missing", path)
            elif key not in want:
                what = "None for an absent key" if got[key] is None else "value for an absent key"
                found.setdefault(what, f"{path}: {short(got[key])}")
            else:
                compare(want[key], got[key], path, found)
    elif isinstance(want, list):
        if len(want) != len(got):
            found.setdefault("other length", f"{where}: {len(got)} for {len(want)}")
        for index, (left, right) in enumerate(zip(want, got)):
            compare(left, right, f"{where}[{index}]", found)
    elif repr(want) != repr(got):
        found.setdefault("other value", f"{where}: {short(got)} for {short(want)}")


def kind(value):
    return "None" if value is None else type(value).__name__


def short(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def digest(data):
    return hashlib.sha256(data).hexdigest()


def forget_files():
    for path in glob.glob(os.path.join(CACHE, "**", "*.runhistory.parquet"), recursive=True):
        os.remove(path)


if __name__ == "__main__":
    main()
