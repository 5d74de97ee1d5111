"""Rules of the house about Python files. Each takes a project's root and returns what is wrong, a line each."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Path], list[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file and its path from the root."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


def sources(root: Path, *folders: str) -> Iterator[Source]:
    """Every Python file of these folders, without caches."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            yield Source(path.relative_to(root).as_posix(), text, ast.parse(text))


def commits(root: Path) -> list[str]:
    """One place commits: core/db.py."""
    return [
        source.at(node, "commits; only core/db.py does")
        for source in sources(root, "qualcoder", "alembic")
        if source.path != "qualcoder/core/db.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]


def imports(root: Path) -> list[str]:
    """Absolute imports, by name."""
    found = []
    for source in sources(root, "qualcoder", "tests", "alembic"):
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.ImportFrom):
                continue
            if node.level:
                found.append(source.at(node, "imports relatively"))
            if any(alias.name == "*" for alias in node.names):
                found.append(source.at(node, "imports everything"))
    return found


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lengths(root: Path) -> list[str]:
    """Files of at most 400 lines, functions of at most 60."""
    found = []
    for source in sources(root, "qualcoder", "tests"):
        lines = source.text.count("\n")
        if lines > MAX_FILE_LINES:
            found.append(f"{source.path} has {lines} lines; {MAX_FILE_LINES} is the end")
        for function in _functions(source.tree):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > MAX_FUNCTION_LINES:
                found.append(
                    source.at(function, f"{function.name} has {length} lines; {MAX_FUNCTION_LINES} is the end")
                )
    return found


_SPEAKERS = ("qualcoder/cli.py", "qualcoder/commands/")


def prints(root: Path) -> list[str]:
    """Only the command line prints."""
    return [
        source.at(node, "prints; only the command line does")
        for source in sources(root, "qualcoder")
        if not source.path.startswith(_SPEAKERS)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}
    ]


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def _is_route(function: Function) -> bool:
    return bool(function.decorator_list)


def docstrings(root: Path) -> list[str]:
    """Modules, public classes, and public functions that do more than one thing say what they promise."""
    found = []
    for source in sources(root, "qualcoder"):
        if source.text.strip() and ast.get_docstring(source.tree) is None:
            found.append(f"{source.path}:1 has no docstring")
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and _is_public(node.name) and ast.get_docstring(node) is None:
                found.append(source.at(node, f"class {node.name} has no docstring"))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _needs_docstring(source.path, node):
                found.append(source.at(node, f"{node.name} has no docstring"))
    return found


def _needs_docstring(path: str, function: Function) -> bool:
    """A function of a single statement may speak by its name, and a route by the service it calls."""
    if path.endswith("routes.py") or not _is_public(function.name) or _is_route(function):
        return False
    return len(function.body) > 1 and ast.get_docstring(function) is None


_VAGUE = frozenset({"utils", "util", "helpers", "helper", "manager", "data", "info", "misc"})


def names(root: Path) -> list[str]:
    """Files are named by what they hold."""
    found = []
    for path in sorted((root / "qualcoder").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if vague := _VAGUE.intersection(word for part in parts for word in part.split("_")):
            found.append(f"{path.relative_to(root).as_posix()} has a vague name: {', '.join(sorted(vague))}")
    return found


# Where sealed values are opened -----------------------------------------------------------

_OPENERS = {
    "sealing": {"open_", "open_json", "bulk_opener"},
    "aead": {"open_"},
    "identity": {"open_", "private_key"},
    "blobs": {"read"},
}

# Beside every service.py, which has the permission check and the audit row next to the opening.
MAY_OPEN = {
    "qualcoder/accounts/people.py": "names, addresses and second factors of people who sign in",
    "qualcoder/codebooks/queries.py": "the codebook, which every reader of the study may see",
    "qualcoder/codebooks/changes.py": "the codebook's log; its pages check that the person sees the codebook",
    "qualcoder/interviews/consents.py": "consents; acts check the person, the page records the opening",
    "qualcoder/transcripts/queries.py": "titles in lists and turns of a text; its callers hold a checked `Reach`",
    "qualcoder/transcripts/flagged.py": "the queue of flags, which checks who decides and records the opening",
    "qualcoder/transcripts/flags.py": "a note is sealed anew with the decision, whose act checks who decides",
    "qualcoder/transcripts/reviewing.py": "the review page; its acts check the reader",
    "qualcoder/transcripts/opinions.py": "what readers wrote on a finding; its callers hold a checked `Reach`",
    "qualcoder/coding/log.py": "steps of the command log; its callers hold a checked `Reach` and get their own alone",
    "qualcoder/coding/memos.py": "one's own notes, before they are changed; its callers hold a checked `Reach`",
    "qualcoder/coding/memo_acts.py": "one's own memo, before it is changed and when two texts of it meet",
    "qualcoder/coding/memo_list.py": "the list of memos, which checks the reader and records how many are opened",
    "qualcoder/coding/translating.py": "translations, for who sees the coding; its other callers hold checked codings",
    "qualcoder/coding/mask_search.py": "where a missed name stands; its callers check the PI and record the opening",
    "qualcoder/coding/mask_told.py": "names of files and codes that hold the name; asked by mask_search.py alone",
    "qualcoder/coding/searching.py": "the search, which checks the reader and records how much it looked through",
    "qualcoder/coding/index.py": "the search indexer, which tells the search where to look",
    "qualcoder/custody/drill.py": "the restore drill opens one value of each field and looks at none",
}


def openings(root: Path) -> list[str]:
    """Sealed values are opened in services, and in the few files that are listed with a reason."""
    found = []
    for source in sources(root, "qualcoder"):
        if source.path.startswith("qualcoder/vault/") or source.path.endswith("/service.py"):
            continue
        found += [source.at(node, "imports what opens sealed values under another name") for node in _hidden(source)]
        if source.path not in MAY_OPEN:
            found += [source.at(node, "opens a sealed value") for node in _opening_calls(source)]
    return found


def _opening_calls(source: Source) -> Iterator[ast.AST]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.attr in _OPENERS.get(node.value.id, ()):
            yield node


def _hidden(source: Source) -> Iterator[ast.AST]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("qualcoder.vault"):
            continue
        module = (node.module or "").rpartition(".")[2]
        for alias in node.names:
            is_function = alias.name in _OPENERS.get(module, ())
            is_renamed = alias.name in _OPENERS and alias.asname not in {None, alias.name}
            if is_function or is_renamed:
                yield node


def unused_openings(root: Path) -> list[str]:
    """A listed file that opens nothing any more is taken off the list."""
    opening = {source.path for source in sources(root, "qualcoder") if any(True for _ in _opening_calls(source))}
    return [f"{path} is listed but opens nothing" for path in MAY_OPEN if path not in opening]


# What may be loaded -----------------------------------------------------------------------

_ONLY_INSIDE_FUNCTIONS = frozenset({"spacy", "thinc", "pymorphy3", "pandas", "pyreadstat", "numpy"})
_NEVER = frozenset({"setuptools", "pkg_resources", "distutils"})
_ONLY_VAULT = frozenset({"cryptography"})
_ONLY_ANONYMISE = frozenset({"spacy", "thinc", "pymorphy3"})


def loads(root: Path) -> list[str]:
    """Heavy libraries load inside functions; build tools never; each special library in its own domain."""
    found = []
    for source in sources(root, "qualcoder"):
        for node, is_inside in _imported(source.tree, is_inside=False):
            for package in _packages(node):
                if package in _NEVER:
                    found.append(source.at(node, f"imports {package}, which is for building"))
                if package in _ONLY_INSIDE_FUNCTIONS and not is_inside:
                    found.append(source.at(node, f"imports {package} outside a function"))
                if package in _ONLY_VAULT and not source.path.startswith("qualcoder/vault/"):
                    found.append(source.at(node, f"imports {package}; only the vault does"))
                if package in _ONLY_ANONYMISE and not source.path.startswith("qualcoder/anonymise/"):
                    found.append(source.at(node, f"imports {package}; only anonymise does"))
    return found


def _packages(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]}


def _imported(node: ast.AST, *, is_inside: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, is_inside
        else:
            is_late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or _is_type_checking(child)
            yield from _imported(child, is_inside=is_inside or is_late)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


# Errors ------------------------------------------------------------------------------------

_MAY_CATCH_ALL = {
    "qualcoder/core/queue.py",
    "qualcoder/web/security.py",
    # The command line's outermost: a traceback would print what somebody said.
    "qualcoder/cli.py",
    # Threads of the worker, whose last words could hold what was looked for.
    "qualcoder/coding/index_socket.py",
    # What a library says of a broken file may hold the file's text.
    "qualcoder/core/sandbox_child.py",
}


def catches(root: Path) -> list[str]:
    """`except Exception` lives in few places, each with its reason."""
    found = []
    for source in sources(root, "qualcoder"):
        if source.path in _MAY_CATCH_ALL:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node):
                found.append(source.at(node, "catches everything and does not raise it again"))
    return found


def _catches_all(handler: ast.ExceptHandler) -> bool:
    is_all = handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )
    raises_again = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return is_all and not raises_again


ALL: tuple[Rule, ...] = (
    commits,
    imports,
    lengths,
    prints,
    docstrings,
    names,
    openings,
    unused_openings,
    loads,
    catches,
)
