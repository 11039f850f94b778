"""Takes the WebAssembly code out of a module that only native code of its own shall run."""

from mote.aot.hashing import native_hash
from mote.aot.leb import unsigned
from mote.aot.section import FLAG_STRIPPED, NAME, hashed_part, join, pieces, read_section, with_header
from mote.errors import UserError
from mote.wasm.reader import Reader

CODE = 10
EMPTY_BODY = b"\x03\x00\x00\x0b"  # its size; no locals, unreachable, end


def strip_code(module: bytes) -> bytes:
    """The module with an empty body for each function, and its native sections made to fit that."""
    parts = [(name, part, kind) for kind, name, _, part in pieces(module)]
    natives = [section for name, part, _ in parts if name == NAME for section in [read_section(part, 0)] if section]
    if not natives:
        raise UserError("without native code the module's own code is needed", remedy="Compile it for a target first.")
    for section in natives:
        problem = section.problem(module)
        if problem:
            raise UserError(f"the native section for {section.target} is {problem}", remedy="Compile it again first.")
    code = next((part for _, part, kind in parts if kind == CODE), b"")
    contents = empty_bodies(code) if code else b""
    parts = [(name, bytes([CODE]) + unsigned(len(contents)) + contents if kind == CODE else part) for name, part, kind in parts]
    new_hash = native_hash(hashed_part(join(module, parts)))
    result = []
    for name, part in parts:
        section = read_section(part, 0) if name == NAME else None
        if section:
            flags = section.header["flags"] | FLAG_STRIPPED
            part = with_header(part, section.header | {"flags": flags, "code_hash": new_hash})
        result.append((name, part))
    return join(module, result)


def empty_bodies(section: bytes) -> bytes:
    """What a code section contains when all its functions are empty."""
    reader = Reader(section, 1)
    reader.u32()
    count = reader.u32()
    return unsigned(count) + EMPTY_BODY * count
