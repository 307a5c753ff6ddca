/* The load generator of the benchmarks: HTTP/1.1 over mutual TLS 1.3, lean enough not to be what is measured. */
#ifndef LOAD_H
#define LOAD_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

/* What the answer to a request has to be. A fast wrong answer is an error. */
struct expectation {
    int success;         /* it has to say ResponseStatusType:Success */
    long objects;        /* ExtrinsicObjects and ObjectRefs in it; -1: not counted */
    size_t least_bytes;  /* of the body */
};

/* A finished HTTP request. Its marks are the places where each sending writes a number of its own. */
struct request {
    const char *text;
    size_t length;
    struct expectation expected;
    size_t *marks;
    size_t mark_count;
};

struct workload {
    struct request *requests;
    size_t count;
};

#define MARK "@@SEQUENCE@@"
#define MARK_DIGITS (sizeof MARK - 1)

struct options {
    const char *host, *port, *file;
    const char *certificate, *key, *authority;
    int threads, connections;
    double seconds, warm_up, idle_seconds;
    double rate;            /* requests a second over all connections; 0: as fast as answers come */
    int new_connections;    /* a connection of its own for each request */
    uint64_t sequence;      /* the first number that is written over a mark */
};

/* What one thread has seen. Latencies are in microseconds. */
struct statistics {
    uint32_t *latencies;
    size_t count, capacity;
    uint64_t bytes, errors;
    char first_error[256];
    char *first_answer;
};

/* workload.c: reads the requests of a file; ends the program when the file is wrong. */
struct workload read_workload(const char *path);

/* answer.c */
/* Length of the head, with its empty line; 0 while it is not whole. */
size_t head_length(const char *bytes, size_t length);
/* HTTP status, and the length of the body: -1 without Content-Length. */
int read_head(const char *head, size_t length, long long *body_length);
/* What is wrong with an answer, or NULL. `kept` is what was kept of a body of `length` bytes. */
const char *judge(
    const struct expectation *expected, int status, const char *body, size_t kept, size_t length, char *words,
    size_t room);

/* statistics.c */
void record(struct statistics *statistics, uint64_t nanoseconds, size_t bytes);
void fail(struct statistics *statistics, const char *reason, const char *answer, size_t length);
/* Prints one line of JSON: rates over `seconds`, percentiles in milliseconds, CPU time of this process. */
void report(struct statistics *all, int threads, double seconds, size_t open);

/* worker.c: one thread with its share of the connections. */
struct worker;
struct worker *start_worker(
    const struct options *options, const struct workload *workload, SSL_CTX *context, int number, uint64_t start);
struct statistics *end_worker(struct worker *worker, size_t *open);

uint64_t now(void);

#endif
