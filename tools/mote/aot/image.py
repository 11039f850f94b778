"""Links the codes of a module to one flat image: first all texts in their order, then constants, every distance filled in.

Nothing is left to relocate, so the image runs at any address with its alignment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mote.aot.lines import Row
from mote.aot.misfit import Fill, MisfitError
from mote.aot.object import Code, Relocation
from mote.aot.relax import relax
from mote.aot.relocate import fill_in
from mote.aot.targets import Target
from mote.errors import UserError

# Functions of the module, and the thunks through which they are entered.
CALLED_FROM_OUTSIDE = ("f", "e")
FRAME_WORDS_MAX = 0xFFFF
# AArch64 code reaches constants within 1 MiB: after so many bytes of text come the constants that it needs.
AARCH64_GROUP = 512 << 10


@dataclass(frozen=True, slots=True)
class Image:
    """Machine code ready to run: which codes are in it (in the order given), where each begins (ascending), its frame; lines
    as pairs of address in the image and offset in the module (0: nothing is known).
    """

    data: bytes
    align: int
    word_bytes: int
    names: tuple[str, ...]
    offsets: tuple[int, ...]
    frames: tuple[tuple[int, int], ...]
    lines: tuple[Row, ...]

    @property
    def stack_bytes(self) -> int:
        """The most between two looks at the stack's limit: the largest frame of a function, and of a thunk before it."""
        largest = {True: 0, False: 0}
        for name, (words, _) in zip(self.names, self.frames, strict=False):
            largest[name[0] == "f"] = max(largest[name[0] == "f"], words)
        return sum(largest.values()) * self.word_bytes


@dataclass(frozen=True, slots=True)
class Place:
    """What a code is called by people, and which offset in the module its line 0 would be (None: it stands for nothing there)."""

    name: str
    base: int | None

    def offset(self, line: int) -> int:
        """The offset in the module that a line stands for, 0 when there is none."""
        return self.base + line if line and self.base is not None else 0


def link(codes: Sequence[Code], target: Target, places: Sequence[Place] = ()) -> Image:
    """The image of all functions and entries, and of the thunks that they call; `places` stand for the codes in the same
    order, for errors and lines.
    """
    places = places or [Place(code.name, None) for code in codes]
    needed = needed_names(codes)
    places = [place for code, place in zip(codes, places, strict=True) if code.name in needed]
    codes = [code for code in codes if code.name in needed]
    if target.arch.startswith("riscv"):
        codes = relax(codes, target)
    for code, place in zip(codes, places, strict=True):
        if code.frame_words > FRAME_WORDS_MAX:
            raise UserError(f"its frame of {code.frame_words * target.word_bytes:,} bytes is too large", place.name)
    layout = Layout(codes, AARCH64_GROUP if target.arch == "aarch64" else None)
    names = {code.name: layout.starts[i, 0] for i, code in enumerate(codes)}
    image = bytearray(layout.size)
    for (i, j), at in layout.starts.items():
        part = codes[i].parts[j]
        image[at : at + len(part.data)] = part.data
    for i, code in enumerate(codes):
        fill_code(image, layout, names, i, code, target, places[i])
    return Image(
        data=bytes(image),
        align=layout.align,
        word_bytes=target.word_bytes,
        names=tuple(code.name for code in codes),
        offsets=tuple(layout.starts[i, 0] for i in range(len(codes))),
        frames=tuple((code.frame_words, code.link_words) for code in codes),
        lines=tuple(image_lines(codes, places, layout)),
    )


def needed_names(codes: Sequence[Code]) -> set[str]:
    """What is called from outside, by its letter, and what that calls."""
    by_name = {code.name: code for code in codes}
    needed = {name for name in by_name if name.startswith(CALLED_FROM_OUTSIDE)}
    new = list(needed)
    while new:
        called = {r.target for part in by_name[new.pop()].parts for r in part.relocations if r.target in by_name} - needed
        needed |= called
        new += called
    return needed


class Layout:
    """Where each part of each code lies. Constants that are equal lie there once."""

    def __init__(self, codes: Sequence[Code], group_bytes: int | None) -> None:
        self.size = 0
        self.align = 1
        self.starts: dict[tuple[int, int], int] = {}
        for group in groups(codes, group_bytes):
            for i in group:
                self.place(i, 0, len(codes[i].parts[0].data), codes[i].parts[0].align)
            self.place_constants(codes, group)

    def place(self, i: int, j: int, size: int, align: int) -> None:
        """Put a part behind the last one."""
        self.size += -self.size % align
        self.align = max(self.align, align)
        self.starts[i, j] = self.size
        self.size += size

    def place_constants(self, codes: Sequence[Code], group: range) -> None:
        """Put all parts but the texts, the most aligned ones first."""
        rest = [(i, j, part) for i in group for j, part in enumerate(codes[i].parts) if j]
        shared: dict[bytes, tuple[int, int]] = {}
        for i, j, part in sorted(rest, key=lambda row: -row[2].align):
            if part.relocations:
                self.place(i, j, len(part.data), part.align)
            elif part.data in shared:
                self.starts[i, j] = self.starts[shared[part.data]]
            else:
                self.place(i, j, len(part.data), part.align)
                shared[part.data] = (i, j)


def groups(codes: Sequence[Code], limit: int | None) -> Iterator[range]:
    """Which codes have their constants together, behind so many bytes of text at most."""
    first = size = 0
    for i, code in enumerate(codes):
        size += len(code.parts[0].data)
        if limit is not None and size > limit and i > first:
            yield range(first, i)
            first, size = i, len(code.parts[0].data)
    yield range(first, len(codes))


def fill_code(
    image: bytearray, layout: Layout, names: dict[str, int], i: int, code: Code, target: Target, place: Place
) -> None:
    """Fill in all relocations of a code."""
    for j, part in enumerate(code.parts):
        if not part.relocations:
            continue
        start = layout.starts[i, j]
        try:
            fill_in(target.arch, image, [fill_of(r, start, layout, names, i) for r in part.relocations])
        except MisfitError as error:
            line = code.line(error.at - start) if j == 0 else 0
            offset = f", instruction at offset 0x{place.offset(line):x}" if place.offset(line) else ""
            raise UserError(error.what, f"{place.name or code.name}{offset}") from error


def fill_of(relocation: Relocation, start: int, layout: Layout, names: dict[str, int], i: int) -> Fill:
    """A relocation with its places in the image."""
    at, target = start + relocation.place, relocation.target
    if isinstance(target, int):
        base = layout.starts[i, target] + relocation.offset
    elif target in names:
        base = names[target]
    elif target:
        raise MisfitError(at, f"the compiler made a call of `{target}`, which is no part of native code")
    else:
        base = 0  # relocations that only mark a place
    return Fill(at, relocation.kind, base + relocation.addend)


def image_lines(codes: Sequence[Code], places: Sequence[Place], layout: Layout) -> Iterator[Row]:
    """The lines of all codes; where one has none, nothing is known."""
    last = 0
    for i, (code, place) in enumerate(zip(codes, places, strict=True)):
        start = layout.starts[i, 0]
        rows = [(start + address, place.offset(line)) for address, line in code.lines]
        for address, offset in [*([] if rows and rows[0][0] == start else [(start, 0)]), *rows]:
            if offset != last:
                yield address, offset
                last = offset
