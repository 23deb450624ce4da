"""The rules of the house as functions of a file's syntax tree: each returns what it objects to."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("numerics", "hamiltonians", "samplers", "wavefunctions", "vmc")
#: What each package may import of the others.
BELOW = {
    "numerics": (),
    "hamiltonians": ("numerics",),
    "samplers": ("numerics",),
    "wavefunctions": ("numerics", "hamiltonians.system", "hamiltonians.cell", "hamiltonians.shells"),
    "vmc": ("numerics", "hamiltonians", "samplers", "wavefunctions"),
}
#: The rooms of `vmc`: each may import those before it, none of those behind it.
ROOMS = (
    "errors",
    "statistics",
    "config",
    "parallel",
    "output",
    "observables",
    "measuring",
    "soundness",
    "optimizers",
    "stages",
    "build",
    "results",
    "plotting",
    "job",
    "api",
    "commands",
)
#: Libraries that only one place may import, and whether it must do so inside a function.
ONLY_HERE = {
    "mpi4py": ("vmc/parallel/",),
    "h5py": ("vmc/output/", "samplers/generative/storage.py"),
    "matplotlib": ("vmc/plotting/",),
    "sklearn": ("samplers/generative/",),
}
LAZY = ("mpi4py", "matplotlib")
FORBIDDEN_MODULES = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "random", "multiprocessing")
FORBIDDEN_CALLS = ("eval", "exec", "compile")
GLOBAL_RNG = ("seed", "rand", "randn", "randint", "random", "normal", "uniform", "shuffle", "permutation", "choice")
MOST_LINES = 320


def sources() -> Iterator[Path]:
    """All modules of the packages."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every imported module, and whether it is imported when the file is."""
    lazy: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or _is_type_checking(node):
            lazy.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node not in lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node not in lazy) for alias in node.names)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_in(module: str, place: str) -> bool:
    return module == place or module.startswith(place + ".")


def layers(path: str, tree: ast.AST) -> list[str]:
    """Imports that do not point downwards."""
    package = path.split("/")[0]
    others = [name for name in PACKAGES if name != package]
    return [
        f"{path} imports {module}"
        for module, _ in imports(tree)
        if any(_is_in(module, name) for name in others)
        and not any(_is_in(module, allowed) for allowed in BELOW[package])
    ]


def rooms(path: str, tree: ast.AST) -> list[str]:
    """Imports inside `vmc` of a room behind one's own; `vmc/__init__.py` and `__main__.py` are the front door."""
    if not path.startswith("vmc/") or path in ("vmc/__init__.py", "vmc/__main__.py"):
        return []
    room = path.removesuffix(".py").split("/")[1]
    if room not in ROOMS:
        return [f"{path} is in none of the rooms of vmc"]
    own = ROOMS.index(room)
    return [
        f"{path} imports {module}"
        for module, _ in imports(tree)
        if any(_is_in(module, f"vmc.{room}") for room in ROOMS[own + 1 :])
    ]


def libraries(path: str, tree: ast.AST) -> list[str]:
    """Libraries imported outside their one place, or at import time where that must wait."""
    found = []
    for module, at_import in imports(tree):
        for library, places in ONLY_HERE.items():
            if _is_in(module, library) and not path.startswith(places):
                found.append(f"{path} imports {module}, which belongs in {' or '.join(places)}")
            if _is_in(module, library) and library in LAZY and at_import:
                found.append(f"{path} imports {module} outside a function")
    return found


def code_from_data(path: str, tree: ast.AST) -> list[str]:
    """Modules and calls that run what a file says, and pools that pickle."""
    found = [
        f"{path} imports {module}" for module, _ in imports(tree) if any(_is_in(module, f) for f in FORBIDDEN_MODULES)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"{path}:{node.lineno} calls {node.func.id}")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and getattr(node.value, "value", None) is True:
            found.append(f"{path}: allow_pickle")
    return found


def global_random_numbers(path: str, tree: ast.AST) -> list[str]:
    """Calls of NumPy's global generator."""
    return [
        f"{path}:{node.lineno} uses np.random.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in GLOBAL_RNG
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id in ("np", "numpy")
    ]


def one_decision(path: str, tree: ast.AST) -> list[str]:
    """Uniform random numbers compared with anything outside the one accept/reject."""
    if path == "samplers/acceptance.py":
        return []
    return [
        f"{path}:{node.lineno} compares a uniform number"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(
            isinstance(part, ast.Call) and getattr(part.func, "id", getattr(part.func, "attr", "")) == "uniform"
            for part in ast.walk(node)
        )
    ]


def size(path: str, tree: ast.AST) -> list[str]:
    """Files that have become more than one idea, and files whose name says nothing."""
    n_lines = max((getattr(node, "end_lineno", 0) or 0 for node in ast.walk(tree)), default=0)
    found = [f"{path} has {n_lines} lines"] if n_lines > MOST_LINES else []
    if Path(path).stem in ("utils", "util", "helpers", "misc", "common"):
        found.append(f"{path}: the name says nothing")
    return found


def sums_in_memory(path: str, tree: ast.AST) -> list[str]:
    """Sums along an innermost loop that are kept in an array instead of a local variable.

    Kernels may be reassociated.  Whether such a loop runs in vector registers, and so in which order it adds, depends
    on where the arrays happen to lie: the last digits would differ from run to run.
    """
    found = []
    for loop in ast.walk(tree):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        inside = [node for statement in loop.body for node in ast.walk(statement)]
        if any(isinstance(node, ast.For) for node in inside):
            continue
        changing = {loop.target.id} | _names(node for node in inside if isinstance(node, ast.Name) and _is_stored(node))
        found += [
            f"{path}:{node.lineno} adds up in {ast.unparse(node.target)}"
            for node in inside
            if isinstance(node, ast.AugAssign)
            and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult))
            and isinstance(node.target, ast.Subscript)
            and not changing & _names(ast.walk(node.target))
            and any(isinstance(part, ast.Subscript) for part in ast.walk(node.value))
        ]
    return found


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


RULES = (layers, rooms, libraries, code_from_data, global_random_numbers, one_decision, size, sums_in_memory)
