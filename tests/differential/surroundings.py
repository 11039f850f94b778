"""What a function body can refer to: the index spaces of the module around it."""

from dataclasses import dataclass, field

from differential.encode import FuncType, ModuleBytes


@dataclass
class Surroundings:
    """Index spaces, imports first, by the types of their members."""

    module: ModuleBytes
    fuel: int = 0  # the global that counts down
    functions: list[FuncType] = field(default_factory=list)
    globals: list[str] = field(default_factory=list)
    writable: list[int] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    declared: list[int] = field(default_factory=list)  # functions that ref.func may name
    data_count: int = 0
    has_memory: bool = False

    def typeidx(self, kind: FuncType) -> int:
        """The index of a function type."""
        return self.module.typeidx(kind)

    def globals_of(self, kind: str) -> list[int]:
        """Globals of a type, except for the fuel."""
        return [i for i, of in enumerate(self.globals) if of == kind and i != self.fuel]

    def tables_of(self, kind: str) -> list[int]:
        """Tables of a reference type."""
        return [i for i, of in enumerate(self.tables) if of == kind]

    def callable_types(self) -> list[FuncType]:
        """The types of all functions, each once."""
        return list(dict.fromkeys(self.functions))

    def functions_of(self, kind: FuncType) -> list[int]:
        """Functions of a type."""
        return [i for i, of in enumerate(self.functions) if of == kind]
