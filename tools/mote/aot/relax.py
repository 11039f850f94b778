"""Shortens calls in RISC-V code: eight bytes (AUIPC, JALR) become four (JAL) or two (C.JAL, C.J) where the distance fits.

Works on code that was compiled for it: there every call, branch and difference of labels has a relocation, so that bytes can go.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from mote.aot.object import Code, Part, Relocation
from mote.aot.relocate_riscv import ALIGN, CALL, CALL_PLT, JAL, RELAX, RVC_JUMP
from mote.aot.targets import Target

CALLS = (CALL, CALL_PLT)
CALL_BYTES = 8
NEAR, NEARER = 1 << 20, 1 << 11  # how far JAL and the compressed jumps reach
JAL_WORD, C_JAL, C_J = 0x6F, 0x2001, 0xA001
NOP, C_NOP = b"\x13\0\0\0", b"\x01\0"
RA = 1
SHRINK_PASSES = 8  # after so many a call may only grow, so that this comes to an end


class Text:
    """The text of a code while it shrinks: the places where bytes may go, and how many have gone there."""

    def __init__(self, code: Code, target: Target) -> None:
        part = code.parts[0]
        marked = {r.place for r in part.relocations if r.kind == RELAX}
        self.code = code
        self.align = part.align
        self.size = len(part.data)
        self.sites = [
            r for r in part.relocations if r.kind == ALIGN or (r.kind in CALLS and r.place in marked and r.addend == 0)
        ]
        self.places = [r.place for r in self.sites]
        self.links = [self.link_register(part.data, r) for r in self.sites]
        self.short_links = (0, RA) if target.bits == 32 else (0,)  # what C.J and C.JAL set
        self.compressed = part.align == 2  # with instructions of four bytes only, code is aligned to four
        self.gone = [0] * len(self.sites)
        self.sums = [0] * (len(self.sites) + 1)

    @staticmethod
    def link_register(data: bytes, site: Relocation) -> int:
        """Where a call's JALR leaves the return address."""
        return data[site.place + 4] >> 7 | (data[site.place + 5] & 15) << 1 if site.kind != ALIGN else 0

    def moved(self, offset: int) -> int:
        """Where an offset of the original text is now."""
        return offset - self.sums[bisect_left(self.places, offset)]

    def shrink(self, base: int, bases: dict[str, int], may_shrink: bool) -> bool:
        """Choose anew how long each call is when texts lie at these bases; whether anything has changed."""
        gone = []
        for i, site in enumerate(self.sites):
            here = base + site.place - self.sums[i]
            if site.kind == ALIGN:
                gone.append(site.addend - (-here & (1 << site.addend.bit_length()) - 1))
                continue
            least = self.gone[i] if not may_shrink else CALL_BYTES
            gone.append(min(self.saving(i, bases[site.target] - here) if site.target in bases else 0, least))
        if gone == self.gone:
            return False
        self.gone = gone
        self.sums = [0, *accumulate(gone)]
        return True

    def saving(self, index: int, distance: int) -> int:
        """How many bytes a call loses for a distance."""
        if self.compressed and self.links[index] in self.short_links and -NEARER <= distance < NEARER:
            return CALL_BYTES - 2
        return CALL_BYTES - 4 if -NEAR <= distance < NEAR else 0

    def build(self) -> Code:
        """The code without the bytes that have gone."""
        parts = [self.build_text(), *(replace(p, relocations=self.retargeted(p.relocations)) for p in self.code.parts[1:])]
        lines = tuple((self.moved(address), line) for address, line in self.code.lines)
        return replace(self.code, parts=tuple(parts), lines=lines)

    def build_text(self) -> Part:
        """The text with its calls as they are now."""
        part = self.code.parts[0]
        data, at = bytearray(), 0
        kinds = {}
        for i, site in enumerate(self.sites):
            data += part.data[at : site.place]
            at = site.place + (CALL_BYTES if site.kind != ALIGN else site.addend)
            left = at - site.place - self.gone[i]
            if site.kind == ALIGN:
                data += NOP * (left // 4) + C_NOP * (left % 4 // 2)
            elif left == CALL_BYTES:
                data += part.data[site.place : at]
            else:
                word = JAL_WORD | self.links[i] << 7 if left == 4 else C_JAL if self.links[i] else C_J
                data += word.to_bytes(left, "little")
                kinds[site.place] = JAL if left == 4 else RVC_JUMP
        data += part.data[at:]
        moved = [
            Relocation(self.moved(r.place), kinds.get(r.place, r.kind), r.target, r.offset, r.addend)
            for r in part.relocations
            if r.kind not in (RELAX, ALIGN)
        ]
        return replace(part, data=bytes(data), relocations=self.retargeted(moved))

    def retargeted(self, relocations: Iterable[Relocation]) -> tuple[Relocation, ...]:
        """Relocations whose targets in the text may have moved."""
        return tuple(r if r.target != 0 else r._replace(offset=self.moved(r.offset)) for r in relocations if r.kind != RELAX)


def relax(codes: Sequence[Code], target: Target) -> list[Code]:
    """The codes with calls as short as they can be when their texts lie one after the other."""
    texts = [Text(code, target) for code in codes]
    if not any(text.sites for text in texts):
        return list(codes)
    passes, changed = 0, True
    while changed:
        bases: dict[str, int] = {}
        at = 0
        for text in texts:
            at += -at % text.align
            bases[text.code.name] = at
            at += text.size - text.sums[-1]
        changed = sum(text.shrink(bases[text.code.name], bases, passes < SHRINK_PASSES) for text in texts) > 0
        passes += 1
    return [text.build() if text.sites else text.code for text in texts]
