"""The custom section "name": names of functions and globals for people (core specification, appendix "Name Section").

It has no meaning for the program, so what is wrong in it is reported and never an error.
"""

from mote.wasm.model import Names
from mote.wasm.reader import MalformedError, Reader

MODULE, FUNCTIONS, GLOBALS = 0, 1, 7


def name_map(reader: Reader) -> dict[int, str]:
    """A vector of index and name; a later row for an index already named is left out."""
    result: dict[int, str] = {}
    for index, name in reader.vector(lambda r: (r.u32(), r.name()), item_size=2):
        result.setdefault(index, name)
    return result


def decode_names(reader: Reader) -> Names:
    """Read as much of the section as makes sense."""
    names = Names()
    try:
        while reader.left:
            kind = reader.u8()
            part = reader.part(reader.u32())
            if kind == MODULE:
                names.module = part.name()
            elif kind == FUNCTIONS:
                names.functions = name_map(part)
            elif kind == GLOBALS:
                names.globals = name_map(part)
    except MalformedError as error:
        names.problem = str(error)
    return names
