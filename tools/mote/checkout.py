"""Where things lie: the checkout this package belongs to, its tables and its build folder."""

import os
from pathlib import Path


def root() -> Path:
    """The folder of the checkout."""
    return Path(__file__).resolve().parents[2]


def tables() -> Path:
    """The folder of the tables that firmware and tools share."""
    return root() / "firmware" / "tables"


def build_folder(board: str) -> Path:
    """The folder that `scons BOARD=<board>` builds into."""
    return root() / "build" / board


def shown(path: Path) -> str:
    """A path as a person wants to read it: relative to the current folder when it lies inside it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def compiler_environment() -> dict[str, str]:
    """The environment for the pip-installed compiler: its caches go into the build folder unless they are set."""
    environment = dict(os.environ)
    cache = str(root() / "build" / "zig-cache")
    environment.setdefault("ZIG_GLOBAL_CACHE_DIR", cache)
    environment.setdefault("ZIG_LOCAL_CACHE_DIR", environment["ZIG_GLOBAL_CACHE_DIR"])
    return environment


def find_shared(variable: str, name: str) -> Path | None:
    """Data that is not in the tree: what an environment variable names, else shared/NAME in or beside the checkout."""
    if os.environ.get(variable):
        named = Path(os.environ[variable]).expanduser()
        return named if named.exists() else None
    places = (base / "shared" / name for base in (root(), root().parent))
    return next((place for place in places if place.exists()), None)
