/* The hash of native sections; see native_hash.h. Only aligned words are read, whatever the alignment of the bytes: on a CPU without
   misaligned accesses that halves the work of taking words byte by byte. */
#include "aot/native_hash.h"

/* Words of the stream that begins `shift` bits inside the word at `word`: each is put together from two. Leaves the last complete one to the
   caller, since its second half may lie behind the end of the bytes. */
static uint32_t hash_shifted(uint32_t hash, const mote_u32_cell *word, unsigned shift, uint32_t count)
{
    uint32_t low = *word;
    for (; count > 0; count--) {
        uint32_t high = *++word;
        hash = mote_native_hash_word(hash, low >> shift | high << (32 - shift));
        low = high;
    }
    return hash;
}

uint32_t mote_native_hash_bytes(uint32_t hash, const uint8_t *bytes, uint32_t size)
{
    unsigned offset = (uintptr_t)bytes & 3;
    const mote_u32_cell *word = (const mote_u32_cell *)(const void *)(bytes - offset);
    uint32_t done = size & ~3u;
    if (offset) {
        done -= done ? 4 : 0;
        hash = done ? hash_shifted(hash, word, 8 * offset, done / 4) : hash;
    } else {
        for (const mote_u32_cell *end = word + done / 4; word < end; word++) {
            hash = mote_native_hash_word(hash, *word);
        }
    }
    while (done < size) {
        uint32_t piece = 0;
        for (unsigned i = 0; i < 4 && done < size; i++, done++) {
            piece |= (uint32_t)bytes[done] << 8 * i;
        }
        hash = mote_native_hash_word(hash, piece);
    }
    return hash;
}
