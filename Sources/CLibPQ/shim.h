#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <libpq-fe.h>

/* Field codes are character constants in libpq-fe.h; Swift needs them as int. */
static const int CLIBPQ_DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int CLIBPQ_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int CLIBPQ_DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
static const int CLIBPQ_DIAG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME;
static const int CLIBPQ_DIAG_TABLE = PG_DIAG_TABLE_NAME;
static const int CLIBPQ_DIAG_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION;

/* Ends a segment of the pipeline. libpq 17 can leave the bytes in its buffer until the caller flushes a whole
   batch; older ones write at every sync. */
static inline int clibpq_pipeline_sync(PGconn *connection) {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    return PQsendPipelineSync(connection);
#else
    return PQpipelineSync(connection);
#endif
}

static inline void clibpq_discard_notice(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}

/* Without a receiver libpq prints notices of the server to standard error. */
static inline void clibpq_discard_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, clibpq_discard_notice, NULL);
}

/* A counter that makes poll() return: what other threads write to wake the owner of a connection. */
static inline int clibpq_wakeup_open(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void clibpq_wakeup_signal(int descriptor) {
    (void)eventfd_write(descriptor, 1);
}

static inline void clibpq_wakeup_reset(int descriptor) {
    eventfd_t count;
    (void)eventfd_read(descriptor, &count);
}

/* What the tools of the system show of the calling thread; of a longer name the first fifteen bytes. */
static inline void clibpq_name_thread(const char *name) {
    (void)prctl(PR_SET_NAME, name);
}

static const int CLIBPQ_READABLE = POLLIN;
static const int CLIBPQ_WRITABLE = POLLOUT;

/* Waits for events of a socket and for the wake-up counter; a negative socket is left out. A negative number of
   milliseconds waits without limit. Returns the socket's events. */
static inline int clibpq_wait(int socket, int events, int wakeup, int milliseconds) {
    struct pollfd descriptors[2] = {
        {.fd = wakeup, .events = POLLIN},
        {.fd = socket, .events = (short)events},
    };
    int ready = poll(descriptors, 2, milliseconds);
    if (ready <= 0) return 0;
    if (descriptors[0].revents != 0) clibpq_wakeup_reset(wakeup);
    return descriptors[1].revents;
}

#endif
