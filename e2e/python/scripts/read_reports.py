"""Reads reports with wandb.Api and translates names and expressions with the helpers of reports.

`differential/reports.test.ts` asks the TypeScript client the same.
"""

import types

import wandb
from steelyard_e2e import args, attempt, report
from wandb.apis.public import BetaReport, PanelMetricsHelper, PythonMongoishQueryGenerator

PLAN = args()
PATH = f"{PLAN['entity']}/{PLAN['project']}"


def facts(found):
    return {
        "id": found.id,
        "name": found.name,
        "displayName": found.display_name,
        "description": found.description,
        "user": found.user,
        "spec": found.spec,
        "createdAt": found.created_at,
        "updatedAt": found.updated_at,
        "url": found.url,
        "entity": found.entity,
        "project": found.project,
        "sections": attempt(lambda: found.sections),
        "runs": attempt(lambda: [[run.id for run in found.runs(each)] for each in found.sections]),
        "all runs": attempt(lambda: [[run.id for run in found.runs(each, only_selected=False)] for each in found.sections]),
    }


def translate(run_set):
    generator = PythonMongoishQueryGenerator(run_set)
    helper = PanelMetricsHelper()
    functions = {
        "frontToBack": generator.front_to_back,
        "backToFront": generator.back_to_front,
        "pcFrontToBack": generator.pc_front_to_back,
        "pcBackToFront": generator.pc_back_to_front,
        "panel frontToBack": helper.front_to_back,
        "panel backToFront": helper.back_to_front,
        "specialFrontToBack": helper.special_front_to_back,
        "specialBackToFront": helper.special_back_to_front,
    }
    return {
        "names": {
            name: [attempt(lambda each=each: function(each)) for each in PLAN["names"]]
            for name, function in functions.items()
        },
        "expressions": [attempt(lambda each=each: generator.python_to_mongo(each)) for each in PLAN["expressions"]],
        "constants": {
            "SPACER": generator.SPACER,
            "DECIMAL_SPACER": generator.DECIMAL_SPACER,
            "FRONTEND_NAME_MAPPING": generator.FRONTEND_NAME_MAPPING,
            "FRONTEND_NAME_MAPPING_REVERSED": generator.FRONTEND_NAME_MAPPING_REVERSED,
            "AST_OPERATORS": sorted(generator.AST_OPERATORS.values()),
            "AST_FIELDS": {key.__name__: value for key, value in generator.AST_FIELDS.items()},
            "panel FRONTEND_NAME_MAPPING": helper.FRONTEND_NAME_MAPPING,
            "panel FRONTEND_NAME_MAPPING_REVERSED": helper.FRONTEND_NAME_MAPPING_REVERSED,
            "RUN_MAPPING": helper.RUN_MAPPING,
            "RUN_MAPPING_REVERSED": helper.RUN_MAPPING_REVERSED,
        },
    }


def main():
    api = wandb.Api()
    reports = api.reports(PATH, per_page=2)
    named = api.from_path(f"{PATH}/reports/A-title--Vmlldzox")
    values = {
        "reports": [facts(each) for each in reports],
        "by name": [each.id for each in api.reports(PATH, name=PLAN["name"])],
        "by no name": [each.id for each in api.reports(PATH, name="no such name")],
        "after": {"more": reports.more, "hasCursor": bool(reports.cursor)},
        "fromPath": [type(named) is BetaReport, named.id, named.display_name, named.spec, named.url],
        "no project": attempt(lambda: list(api.reports(f"{PLAN['entity']}/no-such-project"))),
        "bad path": attempt(lambda: list(api.reports("a/b/c/d"))),
        **translate(types.SimpleNamespace(_runs_config=PLAN["runsConfig"])),
    }
    report(values)


main()
