/* WASI poll_oneoff: waits until at least one of the guest's subscriptions has an event. Each round looks at every subscription and writes
   the events of those that are due; between rounds it sleeps, never longer than 5 ms, and asks whether the agent was interrupted. */
#include "hal/clock.h"
#include "host/wasi/wasi_host.h"

#define LONGEST_SLEEP_NS 5000000u

struct poll {
    const struct mote_caller *caller;
    const uint8_t *subscriptions;
    uint8_t *events;
    uint32_t subscription_count;
    uint32_t event_count;
    uint64_t started_ns;  /* by the monotonic clock */
    uint64_t waited_ns;   /* since then, the same for all subscriptions of a round */
    uint64_t sleep_ns;    /* until the first clock is due */
};

static void put_event(struct poll *poll, const uint8_t *subscription, enum mote_errno error)
{
    uint64_t userdata = mote_get_u64(subscription + WASI_SUBSCRIPTION_USERDATA);
    uint8_t type = subscription[WASI_SUBSCRIPTION_TAG];
    uint8_t *event = poll->events + (size_t)poll->event_count * WASI_EVENT_SIZE;
    memset(event, 0, WASI_EVENT_SIZE);
    mote_put_u64(event + WASI_EVENT_USERDATA, userdata);
    mote_put_u16(event + WASI_EVENT_ERROR, (uint16_t)error);
    event[WASI_EVENT_TYPE] = type;
    /* At least one byte, or the end of the stream: more than that the machine does not tell. */
    mote_put_u64(event + WASI_EVENT_NBYTES, type != WASI_EVENT_CLOCK && error == MOTE_ERRNO_SUCCESS);
    poll->event_count++;
}

/* How long a clock has still to go; *remaining_ns is 0 when it is due. */
static enum mote_errno clock_remaining(const struct poll *poll, const uint8_t *subscription, uint64_t *remaining_ns)
{
    uint32_t clock = mote_get_u32(subscription + WASI_SUBSCRIPTION_CLOCK_ID);
    uint64_t timeout_ns = mote_get_u64(subscription + WASI_SUBSCRIPTION_CLOCK_TIMEOUT);
    uint64_t passed_ns = poll->waited_ns;
    if (clock >= WASI_CLOCK_COUNT) {
        return MOTE_ERRNO_INVAL;
    }
    if (clock > WASI_CLOCK_MONOTONIC) {
        return MOTE_ERRNO_NOTSUP; /* processor time stands still while waiting */
    }
    if (mote_get_u16(subscription + WASI_SUBSCRIPTION_CLOCK_FLAGS) & WASI_SUBCLOCK_ABSTIME) {
        passed_ns += poll->started_ns;
        if (clock == WASI_CLOCK_REALTIME && !hal_clock_realtime_ns(&passed_ns)) {
            return MOTE_ERRNO_NOTSUP;
        }
    }
    *remaining_ns = timeout_ns > passed_ns ? timeout_ns - passed_ns : 0;
    return MOTE_ERRNO_SUCCESS;
}

static void look_at_clock(struct poll *poll, const uint8_t *subscription)
{
    uint64_t remaining_ns = 0;
    enum mote_errno error = clock_remaining(poll, subscription, &remaining_ns);
    if (remaining_ns == 0) {
        put_event(poll, subscription, error);
    } else if (remaining_ns < poll->sleep_ns) {
        poll->sleep_ns = remaining_ns;
    }
}

/* The machine's streams do not say whether they would block, so they are always ready; reading then waits for the first byte. */
static void look_at_fd(struct poll *poll, const uint8_t *subscription)
{
    struct mote_fd *fd = NULL;
    struct mote_fd_table *fds = &mote_wasi_of(poll->caller)->fds;
    enum mote_errno error =
        mote_fd_find(fds, mote_get_u32(subscription + WASI_SUBSCRIPTION_FD), WASI_RIGHT_POLL_FD_READWRITE, &fd);
    if (fd) {
        bool able = subscription[WASI_SUBSCRIPTION_TAG] == WASI_EVENT_FD_READ ? fd->ops->read != NULL : fd->ops->write != NULL;
        error = able ? error : MOTE_ERRNO_BADF;
    }
    put_event(poll, subscription, error);
}

static enum mote_errno look_at_all(struct poll *poll)
{
    poll->waited_ns = hal_clock_now_ns() - poll->started_ns;
    poll->sleep_ns = LONGEST_SLEEP_NS;
    for (uint32_t i = 0; i < poll->subscription_count; i++) {
        const uint8_t *subscription = poll->subscriptions + (size_t)i * WASI_SUBSCRIPTION_SIZE;
        if (i % WASI_CHUNK_STEPS == 0 && mote_wasi_breathe(poll->caller)) {
            return MOTE_ERRNO_INTR;
        }
        if (subscription[WASI_SUBSCRIPTION_TAG] >= WASI_EVENT_COUNT) {
            return MOTE_ERRNO_INVAL;
        }
        if (subscription[WASI_SUBSCRIPTION_TAG] == WASI_EVENT_CLOCK) {
            look_at_clock(poll, subscription);
        } else {
            look_at_fd(poll, subscription);
        }
    }
    return MOTE_ERRNO_SUCCESS;
}

static enum mote_errno wait_for_events(struct poll *poll)
{
    while (true) {
        enum mote_errno error = look_at_all(poll);
        if (error != MOTE_ERRNO_SUCCESS || poll->event_count > 0) {
            return error;
        }
        hal_clock_sleep_ns(poll->sleep_ns);
    }
}

enum mote_trap mote_wasi_poll_oneoff(struct mote_caller *caller, uint64_t *values)
{
    uint32_t count = (uint32_t)values[2];
    if (count == 0 || count > UINT32_MAX / WASI_SUBSCRIPTION_SIZE) {
        return mote_wasi_end(values, MOTE_ERRNO_INVAL);
    }
    struct poll poll = {
        .caller = caller,
        .subscriptions = mote_wasi_at(caller, values[0], (uint64_t)count * WASI_SUBSCRIPTION_SIZE),
        .events = mote_wasi_at(caller, values[1], (uint64_t)count * WASI_EVENT_SIZE),
        .subscription_count = count,
        .started_ns = hal_clock_now_ns(),
    };
    uint8_t *event_count = mote_wasi_at(caller, values[3], 4);
    if (!poll.subscriptions || !poll.events || !event_count) {
        return mote_wasi_end(values, MOTE_ERRNO_FAULT);
    }
    enum mote_errno error = wait_for_events(&poll);
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_put_u32(event_count, poll.event_count);
    }
    return mote_wasi_end(values, error);
}
