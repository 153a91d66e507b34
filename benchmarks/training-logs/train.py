"""Trains real models on the data sets that scikit-learn brings along, and prints what each epoch measured.

A line is a run: {"id", "config", "rows"}. Doubles are printed with all their digits, so that what is read back later can
be compared exactly; NaN and infinities are printed as Python does.
"""

import json
import sys
import time
import warnings

import numpy
from sklearn import datasets
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
runs, epochs = (int(text) for text in sys.argv[1:3])

CLASSES = {"digits": datasets.load_digits, "wine": datasets.load_wine, "breast-cancer": datasets.load_breast_cancer}
VALUES = {"diabetes": datasets.load_diabetes}


def choices():
    """Runs in turn over data sets, models and learning rates, some of them too high: such runs diverge, as in life."""
    seed = 0
    while True:
        for rate in (0.001, 0.01, 0.1, 30.0):
            for data in (*CLASSES, *VALUES):
                for model in ("mlp", "sgd"):
                    yield {"data": data, "model": model, "learning_rate": rate, "seed": seed}
                    seed += 1


def create(choice):
    rate, seed = choice["learning_rate"], choice["seed"]
    if choice["data"] in CLASSES:
        if choice["model"] == "mlp":
            return MLPClassifier(hidden_layer_sizes=(32, 16), learning_rate_init=rate, random_state=seed, batch_size=64)
        return SGDClassifier("log_loss", learning_rate="constant", eta0=rate, random_state=seed)
    if choice["model"] == "mlp":
        return MLPRegressor(hidden_layer_sizes=(32, 16), learning_rate_init=rate, random_state=seed, batch_size=64)
    return SGDRegressor(learning_rate="constant", eta0=rate, random_state=seed)


def measure(model, part, features, targets, labels):
    """What a training script logs after an epoch."""
    if labels is None:
        predicted = model.predict(features)
        if not numpy.isfinite(predicted).all():
            return {f"{part}/mse": float("nan"), f"{part}/r2": float("-inf")}
        error = float(mean_squared_error(targets, predicted))
        return {f"{part}/mse": error, f"{part}/r2": float(r2_score(targets, predicted))}
    predicted = model.predict(features)
    chances = model.predict_proba(features)
    return {
        f"{part}/accuracy": float(accuracy_score(targets, predicted)),
        f"{part}/f1": float(f1_score(targets, predicted, average="macro")),
        f"{part}/log_loss": float(log_loss(targets, chances, labels=labels)),
    }


def train(choice):
    features, targets = {**CLASSES, **VALUES}[choice["data"]](return_X_y=True)
    labels = numpy.unique(targets) if choice["data"] in CLASSES else None
    learn, check, learn_targets, check_targets = train_test_split(features, targets, random_state=choice["seed"])
    scaler = StandardScaler().fit(learn)
    learn, check = scaler.transform(learn), scaler.transform(check)
    model = create(choice)
    started = time.perf_counter()
    for epoch in range(epochs):
        row = {"epoch": epoch, "learning_rate": choice["learning_rate"]}
        try:
            if labels is None:
                model.partial_fit(learn, learn_targets)
            else:
                model.partial_fit(learn, learn_targets, classes=labels)
            if hasattr(model, "loss_"):
                row["train/loss"] = float(model.loss_)
            row.update(measure(model, "train", learn, learn_targets, labels))
            # As many scripts do: the other half is measured now and then, so that its keys are sparse.
            if epoch % 5 == 0:
                row.update(measure(model, "validation", check, check_targets, labels))
            weights = model.coefs_ if hasattr(model, "coefs_") else [model.coef_]
            row["weights"] = {
                f"layer{index}": float(numpy.linalg.norm(weight)) for index, weight in enumerate(weights)
            }
        except ValueError as error:
            row["stopped"] = str(error)[:60]
        row["seconds"] = time.perf_counter() - started
        yield row
        if "stopped" in row:
            return


for index, choice in zip(range(runs), choices()):
    print(json.dumps({"id": f"run-{index}", "config": choice, "rows": list(train(choice))}), flush=True)
