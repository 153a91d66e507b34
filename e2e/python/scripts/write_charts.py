"""Makes custom charts and draws tables with them, and with every preset of wandb.plot; reports the ids that runs name."""

import wandb
from steelyard_e2e import args, attempt, report

PROJECT = args()["project"]
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"name": "wandb"},
    "mark": "bar",
    "title": "${string:title}",
    "encoding": {"x": {"field": "${field:x}"}, "y": {"field": "${field:y}", "type": "quantitative"}},
}


def main():
    api = wandb.Api()
    entity = api.default_entity

    def create(name="bars", **changes):
        options = {"display_name": "Bars", "spec_type": "vega2", "access": "private", "spec": SPEC}
        return api.create_custom_chart(entity=entity, name=name, **{**options, **changes})

    chart = create()
    values = {
        "id": chart,
        "again": create(),
        "public": create("open", access="public", spec='{"mark": "line"}'),
        "other": attempt(lambda: create(display_name="Other")),
        "bad spec": attempt(lambda: create("bad", spec="[1]")),
        "bad type": attempt(lambda: create("bad", spec_type="vega9")),
        "no entity": attempt(lambda: api.create_custom_chart("nobody", "x", "X", "vega2", "private", SPEC)),
    }
    table = wandb.Table(columns=["step", "height"], data=[[1, 2.5], [2, 3.5]])
    with wandb.init(project=PROJECT, id="charts") as run:
        run.log({"own": wandb.plot_table(chart, table, {"x": "step", "y": "height"}, {"title": "Mine"})})
        run.log({"line": wandb.plot.line(table, "step", "height", title="Line")})
        run.log({"series": wandb.plot.line_series([1, 2], [[1, 2], [3, 4]], keys=["a", "b"], title="S", xname="x")})
        run.log({"histogram": wandb.plot.histogram(table, "height", title="H")})
        run.log({"scatter": wandb.plot.scatter(table, "step", "height", title="S")})
        run.log({"bar": wandb.plot.bar(table, "step", "height", title="B")})
        truth, guesses = [0, 1, 1], [0, 1, 0]
        run.log({"matrix": wandb.plot.confusion_matrix(y_true=truth, preds=guesses, class_names=["a", "b"])})
    report(values)


main()
