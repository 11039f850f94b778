/* WASI random_get: the machine's randomness, straight into the guest's memory. */
#include "hal/random.h"
#include "host/wasi/wasi_host.h"

#define PIECE_BYTES 512u /* some machines take their time */

enum mote_trap mote_wasi_random_get(struct mote_caller *caller, uint64_t *values)
{
    uint32_t size = (uint32_t)values[1];
    uint8_t *data = mote_wasi_at(caller, values[0], size);
    if (!data) {
        return mote_wasi_end(values, MOTE_ERRNO_FAULT);
    }
    while (size > 0) {
        uint32_t chunk = size < PIECE_BYTES ? size : PIECE_BYTES;
        if (mote_wasi_breathe(caller)) {
            return mote_wasi_end(values, MOTE_ERRNO_INTR);
        }
        if (!hal_random_fill(data, chunk)) {
            return mote_wasi_end(values, MOTE_ERRNO_IO);
        }
        data += chunk;
        size -= chunk;
    }
    return mote_wasi_end(values, MOTE_ERRNO_SUCCESS);
}
