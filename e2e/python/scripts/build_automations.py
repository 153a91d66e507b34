"""Puts events and filters together by the client's own words and reports what it would send for each."""

from steelyard_e2e import report
from wandb.automations import ArtifactEvent, OnLinkArtifact, OnRunMetric, OnRunState, ProjectScope, RunEvent

SCOPE = ProjectScope(id="UHJvamVjdDox", name="p")
alias, tag, name, state = ArtifactEvent.alias, ArtifactEvent.tag, RunEvent.name, RunEvent.state
loss = RunEvent.metric("loss")

ARTIFACTS = {
    "eq": alias == "a",
    "ne": alias != "a",
    "lt": tag < 1,
    "lte": tag <= 1.5,
    "gt": tag > "a",
    "gte": tag >= True,
    "in": tag.in_(["a", "b"]),
    "not in": tag.not_in(["a"]),
    "contains": tag.contains("a.b"),
    "regex": tag.matches_regex("^a$"),
    "exists": tag.exists(),
    "missing": tag.exists(False),
    "list": tag.eq(["a", "b"]),
    "and": (alias == "a") & (tag == "b") & tag.exists(),
    "or": (alias == "a") | (tag == "b") | tag.exists(),
    "and of or": ((alias == "a") | (tag == "b")) & tag.exists(),
    "or of and": ((alias == "a") & (tag == "b")) | tag.exists(),
    "not": ~(alias == "a"),
    "not not": ~~(alias == "a"),
    "not or": ~((alias == "a") | (tag == "b")),
    "not not or": ~~((alias == "a") | (tag == "b")),
    "not and": ~((alias == "a") & (tag == "b")),
    "and not": (alias == "a") & ~(tag == "b"),
}

METRICS = {
    "gt": loss > 1,
    "gte": loss >= 1.5,
    "lt": loss.lt(1),
    "lte": loss.lte(-1),
    "avg": loss.avg(5) > 0.5,
    "mean": loss.mean(5) > 0.5,
    "max": loss.max(2) < 3,
    "min": loss.min(2) < 3,
    "changes": loss.changes_by(diff=2),
    "increases": loss.max(3).increases_by(frac=0.1),
    "decreases": loss.min(4).decreases_by(diff=2),
    "zscore": loss.zscore(10) > 2,
    "low zscore": loss.zscore(10) < -2,
    "either zscore": abs(loss.zscore(10)) > 2,
    "of runs": (loss > 1) & (name == "a"),
    "of runs said first": name.contains("a") & (loss.avg(2) > 1),
    "of some runs": (loss > 1) & ((name == "a") | ~name.contains("b")),
}

STATES = {
    "one": state == "finished",
    "some": state.in_(["running", "failed", "failed"]),
    "of runs": (state == "failed") & (name != "a"),
}


def text(event):
    return event.model_dump()["filter"]


report(
    {
        "artifacts": {key: text(OnLinkArtifact(scope=SCOPE, filter=each)) for key, each in ARTIFACTS.items()},
        "metrics": {
            key: [(event := OnRunMetric(scope=SCOPE, filter=each)).event_type.value, text(event)]
            for key, each in METRICS.items()
        },
        "states": {key: text(OnRunState(scope=SCOPE, filter=each)) for key, each in STATES.items()},
        "none": text(OnLinkArtifact(scope=SCOPE)),
    }
)
