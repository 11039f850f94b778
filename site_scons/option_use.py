"""Which options a C file depends on: those whose names it, or anything it includes, mentions outside of comments.

All options arrive in one header, so without this every change of an option would compile everything again. The build
makes each object depend on the values found here instead of on the header.
"""

import re
from functools import cache
from pathlib import Path

from kconfig import Config
from problem import Problem

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:["<]([^">\n]+)[">]|(\w+))', re.MULTILINE)
OPTION = re.compile(r"\bCONFIG_(\w*)(?:[ \t]*(##))?")
ALL = "*"


class OptionUse:
    """Looks through C files and what they include, each file once."""

    def __init__(self, root: Path, config: Config, folders: list[Path]) -> None:
        """`folders` are searched for what is included."""
        self.root = root
        self.config = config
        self.folders = folders
        self.known = config.names()
        self.look = cache(self.look)

    def fingerprint(self, source: Path) -> str:
        """The options that an object made from `source` depends on, with their values."""
        names: set[str] = set()
        seen: set[Path] = set()
        todo = [source]
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            options, includes = self.look(path)
            names |= options
            todo.extend(includes)
        if ALL in names:
            names = self.known
        return "\n".join(f"{name}={self.config.value(name)}" for name in sorted(names))

    def look(self, path: Path) -> tuple[frozenset[str], tuple[Path, ...]]:
        """The options that one file mentions, and the files of ours that it includes."""
        text = COMMENT.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
        if path == self.config.header:
            return frozenset(), ()
        includes = []
        options = set()
        for name, macro in INCLUDE.findall(text):
            if macro:
                options.add(ALL)
            includes.append(self.find(path, name))
        for name, pasted in OPTION.findall(text):
            options.add(ALL if pasted or not name else self.checked(path, name))
        return frozenset(options), tuple(filter(None, includes))

    def find(self, source: Path, name: str) -> Path | None:
        """The file that `source` means by `name`, or None when it is the system's."""
        for folder in [source.parent, *self.folders]:
            if name and (folder / name).is_file():
                return folder / name
        return None

    def checked(self, path: Path, name: str) -> str:
        """`name`, when there is such an option: a misspelt one would silently be off."""
        if name not in self.known:
            self.config.symbol(name, str(path.relative_to(self.root)))
            raise Problem(f"{path}: CONFIG_{name} is no option")
        return name
