"""Other searches behind one question: asked for points over standard input, told their values, one JSON line each."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")


class Optuna:
    """Optuna's default for a single objective: a tree of Parzen estimators."""

    def __init__(self, space, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.space = space
        sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        self.study = optuna.create_study(direction="minimize", sampler=sampler)

    def ask(self, count):
        self.trials = [self.study.ask() for _ in range(count)]
        return [{key: self.suggest(trial, key, spec) for key, spec in self.space.items()} for trial in self.trials]

    def suggest(self, trial, key, spec):
        if "values" in spec:
            return trial.suggest_categorical(key, spec["values"])
        name = spec["distribution"]
        if name == "int_uniform":
            return trial.suggest_int(key, spec["min"], spec["max"])
        if name == "q_uniform":
            return trial.suggest_float(key, spec["min"], spec["max"], step=spec["q"])
        return trial.suggest_float(key, spec["min"], spec["max"], log=name == "log_uniform_values")

    def tell(self, values):
        for trial, value in zip(self.trials, values):
            self.study.tell(trial, value)


class ScikitOptimize:
    """scikit-optimize's default: a Gaussian process with a portfolio of acquisition functions."""

    def __init__(self, space, seed):
        from skopt import Optimizer

        self.space = space
        dimensions = [self.dimension(spec) for spec in space.values()]
        self.optimizer = Optimizer(dimensions, "GP", random_state=seed, n_initial_points=10)

    def dimension(self, spec):
        from skopt.space import Categorical, Integer, Real

        if "values" in spec:
            return Categorical(spec["values"])
        name = spec["distribution"]
        if name == "int_uniform":
            return Integer(spec["min"], spec["max"])
        if name == "q_uniform":
            steps = round((spec["max"] - spec["min"]) / spec["q"])
            return Integer(0, steps)
        return Real(spec["min"], spec["max"], prior="log-uniform" if name == "log_uniform_values" else "uniform")

    def ask(self, count):
        self.points = self.optimizer.ask(n_points=count) if count > 1 else [self.optimizer.ask()]
        return [
            {key: self.value(spec, value) for (key, spec), value in zip(self.space.items(), point)}
            for point in self.points
        ]

    def value(self, spec, value):
        if "values" in spec:
            return next(known for known in spec["values"] if known == value)
        name = spec["distribution"]
        if name == "q_uniform":
            return spec["min"] + int(value) * spec["q"]
        return int(value) if name == "int_uniform" else float(value)

    def tell(self, values):
        self.optimizer.tell(self.points, values)


class Sweeps:
    """W&B's own search of the package `sweeps`, which also runs as its local controller."""

    def __init__(self, space, seed):
        import numpy
        import random

        numpy.random.seed(seed)
        random.seed(seed)
        self.config = {"method": "bayes", "metric": {"name": "loss", "goal": "minimize"}, "parameters": space}
        self.runs = []

    def ask(self, count):
        import sweeps

        self.asked = []
        for _ in range(count):
            run = sweeps.next_run(self.config, self.runs, validate=False)
            run.state = sweeps.RunState.running
            run.name = str(len(self.runs))
            self.runs.append(run)
            self.asked.append(run)
        return [{key: plain(entry["value"]) for key, entry in run.config.items()} for run in self.asked]

    def tell(self, values):
        import sweeps

        for run, value in zip(self.asked, values):
            run.state = sweeps.RunState.finished
            run.summary_metrics = {"loss": value}
            run.history = [{"loss": value}]


def plain(value):
    return value.item() if hasattr(value, "item") else value


SEARCHES = {"optuna": Optuna, "scikit-optimize": ScikitOptimize, "sweeps": Sweeps}

search = None
for line in sys.stdin:
    question = json.loads(line)
    if "start" in question:
        search = SEARCHES[question["start"]](question["space"], question["seed"])
        answer = None
    elif "ask" in question:
        answer = search.ask(question["ask"])
    else:
        search.tell(question["tell"])
        answer = None
    print(json.dumps(answer), flush=True)
