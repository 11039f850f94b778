/* Rings, and the streams of a run on top of them; the app's functions on input and output. */
#include "app/output.h"

#include "app/app_state.h"
#include "base/bits.h"
#include "hal/clock.h"

#define PATIENCE_MS 5
#define NS_PER_MS 1000000u

/* ---- Rings ------------------------------------------------------------------------------------------------------- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t mote_ring_put(struct mote_ring *ring, const struct mote_allocator *allocator, uint32_t room, const void *data, uint32_t size,
                       bool overwrites)
{
    if (!ring->bytes) {
        ring->bytes = allocator->resize(allocator->user, NULL, 0, room);
        ring->size = ring->bytes ? room : 0;
    }
    if (!ring->bytes) {
        return 0;
    }
    uint32_t skipped = overwrites && size > ring->size ? size - ring->size : 0; /* would be overwritten at once */
    uint32_t count = overwrites ? size - skipped : least(size, ring->size - ring->left);
    for (uint32_t done = 0; done < count;) {
        uint32_t piece = least(count - done, ring->size - ring->at);
        memcpy(ring->bytes + ring->at, (const uint8_t *)data + skipped + done, piece);
        ring->at = ring->at + piece == ring->size ? 0 : ring->at + piece;
        done += piece;
    }
    ring->left = least(ring->left + count, ring->size);
    ring->total += skipped + count;
    return skipped + count;
}

uint32_t mote_ring_peek(const struct mote_ring *ring, uint32_t skip, void *data, uint32_t size)
{
    uint32_t count = skip < ring->left ? least(size, ring->left - skip) : 0;
    uint32_t from = ring->at + ring->size - (ring->left - skip);
    for (uint32_t done = 0; done < count;) {
        uint32_t at = from >= ring->size ? from - ring->size : from;
        uint32_t piece = least(count - done, ring->size - at);
        memcpy((uint8_t *)data + done, ring->bytes + at, piece);
        done += piece;
        from = at + piece;
    }
    return count;
}

uint32_t mote_ring_take(struct mote_ring *ring, void *data, uint32_t size)
{
    uint32_t count = mote_ring_peek(ring, 0, data, size);
    ring->left -= count;
    return count;
}

void mote_ring_trim(struct mote_ring *ring, const struct mote_allocator *allocator)
{
    uint32_t left = ring->left;
    uint8_t *kept = left > 0 && left < ring->size ? allocator->resize(allocator->user, NULL, 0, left) : NULL;
    if (kept || left == 0) {
        mote_ring_peek(ring, 0, kept, left);
        allocator->resize(allocator->user, ring->bytes, ring->size, 0);
        ring->bytes = kept;
        ring->size = left;
        ring->at = 0;
    }
}

void mote_ring_free(struct mote_ring *ring, const struct mote_allocator *allocator)
{
    if (ring->bytes) {
        allocator->resize(allocator->user, ring->bytes, ring->size, 0);
    }
    *ring = (struct mote_ring){.bytes = NULL};
}

/* ---- The run's side ---------------------------------------------------------------------------------------------- */

/* Errors have a ring of their own only while somebody reads both. -1: there is no memory for it. */
static intptr_t put(struct mote_app_slot *slot, unsigned stream, const void *data, uint32_t size)
{
    struct mote_ring *ring = slot->is_attached && stream == 2 ? &slot->err : &slot->out;
    struct mote_allocator allocator = mote_app_run_allocator(slot->live->app);
    uint32_t count = mote_ring_put(ring, &allocator, slot->output_bytes, data, size, !slot->is_attached);
    if (count > 0 && slot->is_attached) {
        hal_thread_wake();
    }
    return ring->bytes ? (intptr_t)count : -1;
}

intptr_t mote_app_write_stream(void *user, unsigned stream, const void *data, size_t size)
{
    struct mote_app_slot *slot = user;
    uint32_t wanted = size < INT32_MAX ? (uint32_t)size : INT32_MAX;
    intptr_t count = put(slot, stream, data, wanted);
    for (unsigned i = 0; i < PATIENCE_MS && count == 0; i++) {
        hal_clock_sleep_ns(NS_PER_MS);
        count = put(slot, stream, data, wanted);
    }
    return count;
}

intptr_t mote_app_read_stream(void *user, void *data, size_t size)
{
    struct mote_app_slot *slot = user;
    uint32_t wanted = size < INT32_MAX ? (uint32_t)size : INT32_MAX;
    uint32_t count = mote_ring_take(&slot->in, data, wanted);
    for (unsigned i = 0; i < PATIENCE_MS && count == 0 && slot->is_attached && !slot->is_input_ended; i++) {
        hal_clock_sleep_ns(NS_PER_MS);
        count = mote_ring_take(&slot->in, data, wanted);
    }
    return count > 0 || !slot->is_attached || slot->is_input_ended ? (intptr_t)count : -2;
}

/* Lines are written as they end rather than when a buffer of the guest is full. */
bool mote_app_is_terminal(void *user, unsigned stream)
{
    (void)user, (void)stream;
    return true;
}

/* ---- The reader's side ------------------------------------------------------------------------------------------- */

static struct mote_app_slot *find_slot(struct mote_app *app, uint32_t id)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS && id != 0; i++) {
        if (app->slots[i].id == id) {
            app->slots[i].touched_ms = mote_app_now_ms();
            return &app->slots[i];
        }
    }
    return NULL;
}

uint32_t mote_app_input(struct mote_app *app, uint32_t id, const void *data, uint32_t size)
{
    struct mote_app_slot *slot = find_slot(app, id);
    if (!slot || !slot->live || !slot->is_attached || slot->is_input_ended) {
        return size; /* nobody will ever read it */
    }
    struct mote_allocator allocator = mote_app_run_allocator(app);
    return mote_ring_put(&slot->in, &allocator, slot->output_bytes, data, size, false);
}

void mote_app_input_end(struct mote_app *app, uint32_t id)
{
    struct mote_app_slot *slot = find_slot(app, id);
    if (slot) {
        slot->is_input_ended = true;
    }
}

uint32_t mote_app_output(struct mote_app *app, uint32_t id, unsigned stream, void *data, uint32_t size)
{
    struct mote_app_slot *slot = find_slot(app, id);
    return slot ? mote_ring_take(stream == 2 ? &slot->err : &slot->out, data, size) : 0;
}

void mote_app_detach(struct mote_app *app, uint32_t id)
{
    struct mote_app_slot *slot = find_slot(app, id);
    if (slot) {
        slot->is_attached = false;
    }
}

uint32_t mote_app_log(struct mote_app *app, uint32_t id, uint32_t *from, void *data, uint32_t size)
{
    const struct mote_app_slot *slot = find_slot(app, id);
    if (!slot) {
        return 0;
    }
    uint32_t first = slot->out.total - slot->out.left, skip = *from - first;
    if (skip > slot->out.left) { /* dropped already, or not yet there */
        *from = first;
        skip = 0;
    }
    return mote_ring_peek(&slot->out, skip, data, size);
}
