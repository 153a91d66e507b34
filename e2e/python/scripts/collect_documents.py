"""Collects every GraphQL document in the installed client: generated constants, documents inside functions, and
the text inside the Go program. Reports {"documents": [{source, text}], "unresolved": [source]}.

Documents that Python builds with names of the enclosing function are evaluated with the module's own names and the
few local ones listed below; what cannot be evaluated is reported, so that the test tells about it.
"""

import ast
import importlib
import pathlib
import re
import warnings

import wandb
from steelyard_e2e import report

ROOT = pathlib.Path(wandb.__file__).parent
SKIPPED = ("vendor", "integration", "__pycache__", "proto")
START = re.compile(r"^\s*(?:#graphql\s*)?(?:query|mutation)\b[^\"']*[{(]", re.DOTALL)

#: Values for names that belong to the enclosing function, each in every form that the client uses.
LOCALS = {
    "apis/public/runs.py": lambda module: [
        {"fragment": module.RUN_FRAGMENT, "fragment_name": module.RUN_FRAGMENT_NAME, "node": "history"},
        {
            "fragment": module.LIGHTWEIGHT_RUN_FRAGMENT,
            "fragment_name": module.LIGHTWEIGHT_RUN_FRAGMENT_NAME,
            "node": "events",
        },
        {"delete_artifacts": True},
        {"delete_artifacts": False},
    ],
}


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if not any(part in SKIPPED for part in relative.parts):
            yield path, relative


def import_module(relative):
    name = ".".join(("wandb", *relative.with_suffix("").parts)).removesuffix(".__init__")
    try:
        return importlib.import_module(name)
    except Exception:  # an optional dependency is missing: its documents are read as plain text
        return None


def is_document(text):
    return START.match(text) is not None


def from_module(path, relative):
    text = path.read_text(encoding="utf-8")
    if "query" not in text and "mutation" not in text:
        return
    module = None
    handled = set()
    for node in ast.walk(ast.parse(text)):
        if id(node) in handled:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            inner = node.func.value
            if not (isinstance(inner, ast.Constant) and isinstance(inner.value, str) and is_document(inner.value)):
                continue
            handled.add(id(inner))
        elif isinstance(node, ast.JoinedStr):
            for part in ast.walk(node):
                handled.add(id(part))
            first = node.values[0] if node.values else None
            if not (isinstance(first, ast.Constant) and is_document(first.value)):
                continue
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and is_document(node.value):
            yield {"source": f"{relative}:{node.lineno}", "text": node.value}
            continue
        else:
            continue
        module = module or import_module(relative)
        source = f"{relative}:{node.lineno}"
        forms = list(evaluate(node, module, relative))
        for form in forms:
            yield {"source": source, "text": form}
        if not forms:
            yield {"source": source, "text": None}


def evaluate(node, module, relative):
    expression = compile(ast.Expression(body=node), "document", "eval")
    local_forms = LOCALS.get(relative.as_posix(), lambda _: [{}])(module) if module else [{}]
    seen = set()
    for form in local_forms:
        try:
            text = eval(expression, dict(vars(module)) if module else {}, dict(form))
        except Exception:  # names of the enclosing function that are not listed above
            continue
        if text not in seen:
            seen.add(text)
            yield text


def from_binary():
    data = (ROOT / "bin" / "wandb-core").read_bytes()
    for match in re.finditer(rb"\n(?:query|mutation) [A-Z]\w* ?[({]", data):
        end = end_of_document(data, match.start())
        if end is not None:
            yield {"source": "wandb-core", "text": data[match.start() : end].decode("utf-8").strip()}


def end_of_document(data, start):
    """The end of an operation and of the fragments right behind it: Go lays constants end to end."""
    end = end_of_braces(data, start)
    while end is not None:
        fragment = re.compile(rb"\s*fragment \w+ on \w+ \{").match(data, end)
        if fragment is None:
            return end
        end = end_of_braces(data, fragment.end() - 1)
    return None


def end_of_braces(data, start):
    parentheses = braces = 0
    for index in range(start, min(start + 20000, len(data))):
        char = data[index]
        if char == ord("("):
            parentheses += 1
        elif char == ord(")"):
            parentheses -= 1
        elif char == ord("{"):
            braces += 1
        elif char == ord("}"):
            braces -= 1
            if braces == 0 and parentheses == 0:
                return index + 1
    return None


#: What an old client replaces by parts of a document before it sends it.
PLACEHOLDER = re.compile(r"\b_[A-Z]\w*_\b|\bID_TYPE\b")

warnings.simplefilter("ignore")
found = [document for path, relative in modules() for document in from_module(path, relative)]
found.extend(from_binary())
for document in found:
    if document["text"] is not None and PLACEHOLDER.search(document["text"]):
        document["text"] = None
report(
    {
        "documents": [document for document in found if document["text"] is not None],
        "unresolved": [document["source"] for document in found if document["text"] is None],
    }
)
