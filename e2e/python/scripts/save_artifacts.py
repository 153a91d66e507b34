"""Saves artifacts in every way that the client has, and reads them back through the public Api."""

import pathlib
import tempfile

import wandb
from steelyard_e2e import args, report

project = args()["project"]
folder = pathlib.Path(tempfile.mkdtemp())
api = wandb.Api()


def write(name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def contents(path, type_name="dataset"):
    artifact = api.artifact(f"{project}/{path}", type=type_name)
    root = pathlib.Path(artifact.download(root=str(folder / "got" / path.replace(":", "-"))))
    artifact.verify(str(root))
    files = [file for file in root.rglob("*") if file.is_file()]
    return {file.relative_to(root).as_posix(): file.read_text() for file in files}


def artifact_of(name, files, **options):
    artifact = wandb.Artifact(name, type="dataset", **options)
    for path, text in files.items():
        artifact.add_file(write(f"{name}/{path}", text), name=path)
    return artifact


NAMES = {
    "plain.txt": "1",
    "with space.txt": "2",
    "ünïcödé/日本.txt": "3",
    "100%/#hash?.txt": "4",
    "d/" * 200 + "deep.txt": "5",
}
result = {}

with wandb.init(project=project, name="saver") as run:
    run.log_artifact(artifact_of("names", NAMES)).wait()
    run.log_artifact(artifact_of("grown", {"a.txt": "a", "b.txt": "b"})).wait()
    run.log_artifact(artifact_of("grown", {"b.txt": "B", "c.txt": "c"}, incremental=True)).wait()
    draft = api.artifact(f"{project}/grown:latest").new_draft()
    draft.remove("a.txt")
    draft.add_file(write("draft.txt", "new"), name="draft.txt")
    run.log_artifact(draft).wait()
    run.log_artifact(artifact_of("fast", {"x.txt": "x", "y.txt": "y"}, digest_algorithm="XXH128")).wait()
    result["same"] = [run.log_artifact(artifact_of("same", {"s.txt": "s"})).wait().version for _ in range(2)]
    reference = wandb.Artifact("refs", type="dataset")
    reference.add_reference("https://example.invalid/data.bin", name="data.bin", checksum=False)
    run.log_artifact(reference).wait()
    run.log_model(write("model/weights.txt", "w"), name="net")
    result["code"] = run.log_code(write("code/train.py", "print(1)\n").rsplit("/", 1)[0]) is not None
    run.log({"immutable": wandb.Table(columns=["k"], data=[[1], [2]])})
    incremental = wandb.Table(columns=["k"], log_mode="INCREMENTAL")
    mutable = wandb.Table(columns=["k"], log_mode="MUTABLE")
    for step in range(3):
        incremental.add_data(step)
        mutable.add_data(step)
        run.log({"incremental": incremental, "mutable": mutable})

for writer in range(2):
    with wandb.init(project=project, group="writers") as run:
        run.upsert_artifact(artifact_of("together", {f"part-{writer}.txt": str(writer)}), distributed_id="all")
with wandb.init(project=project, group="writers") as run:
    run.finish_artifact(artifact_of("together", {"last.txt": "z"}), distributed_id="all").wait()

with wandb.init(project=project, name="user") as run:
    result["model"] = pathlib.Path(run.use_model("net:latest")).exists()
    run.use_artifact("grown:latest", use_as="training")

for name in ("names:v0", "grown:v0", "grown:v1", "grown:v2", "fast:latest", "same:latest", "together:latest"):
    result[name] = contents(name)
fast = api.artifact(f"{project}/fast:latest")
result["fast algorithm"] = str(fast.digest_algorithm)
references = api.artifact(f"{project}/refs:latest").manifest.entries
result["reference"] = {path: entry.ref for path, entry in references.items()}
runs = {run.name: run for run in api.runs(project)}
logged = list(runs["saver"].logged_artifacts())
result["logged types"] = sorted({artifact.type for artifact in logged})
tables = [artifact for artifact in logged if "incremental" in artifact.name]
result["incremental files"] = sorted(len(a.manifest.entries) for a in tables)
code = next((a for a in logged if a.type == "code"), None)
result["code files"] = code and sorted(code.manifest.entries)
result["used"] = sorted(a.name for a in runs["user"].used_artifacts())
result["used by"] = [run.name for run in api.artifact(f"{project}/grown:latest").used_by()]
report(result)
