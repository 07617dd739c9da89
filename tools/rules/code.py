"""What the product's own modules may and may not do."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.rules.tree import Tree

# Who may open a transaction or change rows outside `recorded`, and why.
OUTSIDE = {
    "audit/recording": "owns the transaction",
    "audit/checkpointing": "signs what is there already",
    "audit/erasing": "has an entry of its own",
    "people/sessions": "a session is no act",
    "people/proving": "attempts are counted whether or not they succeed",
}


def calls_in(node: ast.AST) -> Iterator[str]:
    return (ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))


def one_transaction(tree: Tree) -> Iterator[str]:
    """Nobody opens a transaction but `audit.recording`."""
    for path, module in tree.code.items():
        for node in ast.walk(module):
            is_it = isinstance(node, ast.ImportFrom) and node.module == "django.db" and tree.name_of(path) not in OUTSIDE
            if is_it and any(alias.name == "transaction" for alias in node.names):
                yield f"{tree.name_of(path)} imports django.db.transaction; use audit.recording.recorded."


_CHANGES = re.compile(r"\.(create|bulk_create|update|update_or_create|get_or_create|delete|save|move)$")
_ROWS = re.compile(r"objects|\.move$|_base_manager|\b(grant|row|person|post|delivery|comment|account)\.(delete|save|move)$")


def only_actions_change(tree: Tree) -> Iterator[str]:
    """Only files named for what they do change rows."""
    for path, module in tree.code.items():
        inside = tree.name_of(path)
        if tree.is_action_file(path) or inside in OUTSIDE or inside.startswith(("base/", "practice/", "config/demonstration/")):
            continue
        for call in calls_in(module):
            if _CHANGES.search(call) and _ROWS.search(call):
                yield f"{inside} changes rows ({call}), but is no action file."


def actor_first(tree: Tree) -> Iterator[str]:
    """A public function that opens `recorded` takes the actor first, or is what makes a person an actor."""
    makers = {"accept_with_passkey", "accept_with_password", "fail"}  # nobody is signed in yet
    for path, module in tree.code.items():
        if not tree.is_action_file(path):
            continue
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and "recorded" in calls_in(node):
                first = node.args.args[0].arg if node.args.args else ""
                names_actor = any(a.arg in {"actor", "person", "visitor"} for a in [*node.args.args, *node.args.kwonlyargs])
                if first != "actor" and node.name not in makers and not names_actor:
                    yield f"{tree.name_of(path)}.{node.name} opens recorded, but its first argument is {first!r}."


def nobody_swallows_refusals(tree: Tree) -> Iterator[str]:
    """Inside an action a refusal is never caught; the broker answers with it, jobs go on without it."""
    allowed = ("audit/recording", "processes/", "people/views", "people/requests", "people/proving", "config/", "desk/refusals")
    for path, module in tree.code.items():
        for node in ast.walk(module):
            if isinstance(node, ast.ExceptHandler) and node.type is not None and tree.is_action_file(path):
                caught = ast.unparse(node.type)
                if re.search(r"\bRefused\b", caught) and not tree.name_of(path).startswith((*allowed, "content/posts/releasing")):
                    yield f"{tree.name_of(path)}:{node.lineno} catches Refused."


def broad_excepts(tree: Tree) -> Iterator[str]:
    """`except Exception` stands in the processes and the middleware alone."""
    for path, module in tree.code.items():
        for node in ast.walk(module):
            is_broad = isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            )
            if is_broad and not tree.name_of(path).startswith(("processes/", "web/errors", "practice/")):
                yield f"{tree.name_of(path)}:{node.lineno} catches everything."


_MOCKS = re.compile(r"unittest\.mock|MagicMock|mocker\b")


def no_mocks(tree: Tree) -> Iterator[str]:
    """No test puts something else in the place of our own code."""
    for path in sorted((tree.root / "tests").rglob("*.py")):
        if _MOCKS.search(path.read_text()) or any(_replaces_ours(ast.parse(path.read_text()))):
            yield f"{path.relative_to(tree.root)} mocks."


def _replaces_ours(module: ast.Module) -> Iterator[bool]:
    """Whether each `setattr` of a test is on something of ours, by its name or by what it was imported as.

    A figure (`_MOST`) may be set: the code that goes by it is then still our own.
    """
    nodes = list(ast.walk(module))
    froms = [one for one in nodes if isinstance(one, ast.ImportFrom) and (one.module or "").partition(".")[0] == "countersign"]
    ours = {"countersign", *(alias.asname or alias.name for one in froms for alias in one.names)}
    for call in nodes:
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("monkeypatch.setattr"):
            name = ".".join(ast.unparse(part).strip("\"'") for part in call.args[:2] if part is call.args[0] or not _is_dotted(call.args[0]))
            yield name.partition(".")[0] in ours and not name.rpartition(".")[2].isupper()


def _is_dotted(what: ast.expr) -> bool:
    """Whether the first word of a `setattr` names the attribute as well."""
    return isinstance(what, ast.Constant)
