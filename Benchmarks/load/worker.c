/* One thread: an epoll set, its connections, and the clock that says when the next request is due. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { OPENING_AT_ONCE = 32, EVENTS = 256, FAILURES_AT_MOST = 1000 };
static const uint64_t NOT_YET = UINT64_MAX;
static const size_t KEPT_BYTES = 8 << 20, FIRST_ROOM = 16 << 10;

enum state { CLOSED, CONNECTING, HANDSHAKE, IDLE, WRITING, READING };

struct connection {
    enum state state;
    int socket;
    SSL *tls;
    uint32_t events;
    const struct request *request;
    const char *outgoing;           /* the request, or its copy with numbers over the marks */
    char *copy;
    size_t copy_room, sent;
    char *answer;                   /* head and as much of the body as is kept */
    size_t room, received, head;    /* received: all bytes of the answer, kept or not */
    long long body;
    int status;
    uint64_t since;
};

struct worker {
    const struct options *options;
    const struct workload *workload;
    SSL_CTX *context;
    struct addrinfo *address;
    pthread_t thread;
    int epoll, opening;
    struct connection *connections;
    size_t count, open;
    struct connection **idle;       /* a stack of those that wait for a request */
    size_t idle_count;
    uint64_t first, last, end, next_due, interval, lag, random, sequence;
    struct statistics statistics;
    char scratch[256 << 10];
};

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t next_random(struct worker *worker) {
    worker->random ^= worker->random << 13;
    worker->random ^= worker->random >> 7;
    worker->random ^= worker->random << 17;
    return worker->random;
}

static void watch(struct worker *worker, struct connection *connection, uint32_t events) {
    if (connection->events == events) return;
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(worker->epoll, connection->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection->socket, &event);
    connection->events = events;
}

/* A reset and no TIME_WAIT, so that new connections do not run out of ports. */
static void shut(struct worker *worker, struct connection *connection) {
    struct linger linger = {1, 0};
    if (connection->state == CONNECTING || connection->state == HANDSHAKE) worker->opening--;
    if (connection->state >= IDLE) worker->open--;
    SSL_shutdown(connection->tls);
    SSL_free(connection->tls);
    setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(connection->socket);
    connection->tls = NULL;
    connection->state = CLOSED;
    connection->events = 0;
}

static void give_up(struct worker *worker, struct connection *connection, const char *reason) {
    char words[256];
    unsigned long code = ERR_get_error();
    snprintf(words, sizeof words, "%s%s%s", reason, code ? ": " : "", code ? ERR_reason_error_string(code) : "");
    ERR_clear_error();
    size_t kept = connection->received < connection->room ? connection->received : connection->room;
    fail(&worker->statistics, words, connection->answer, connection->state == READING ? kept : 0);
    shut(worker, connection);
}

static void connect_to_peer(struct worker *worker, struct connection *connection) {
    int one = 1;
    const struct addrinfo *address = worker->address;
    connection->socket = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection->tls = SSL_new(worker->context);
    SSL_set_fd(connection->tls, connection->socket);
    SSL_set_tlsext_host_name(connection->tls, worker->options->host);
    SSL_set1_host(connection->tls, worker->options->host);
    connection->state = CONNECTING;
    connection->since = now();
    worker->opening++;
    if (connect(connection->socket, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS) {
        give_up(worker, connection, strerror(errno));
        return;
    }
    watch(worker, connection, EPOLLOUT);
}

/* Waits for what TLS asks for; anything else ends the connection. */
static void wait_or_give_up(struct worker *worker, struct connection *connection, int result, const char *reason) {
    switch (SSL_get_error(connection->tls, result)) {
        case SSL_ERROR_WANT_READ: watch(worker, connection, EPOLLIN); break;
        case SSL_ERROR_WANT_WRITE: watch(worker, connection, EPOLLOUT); break;
        default: give_up(worker, connection, reason);
    }
}

static void write_number(char *place, uint64_t number) {
    for (size_t digit = MARK_DIGITS; digit-- > 0; number /= 10) place[digit] = (char)('0' + number % 10);
}

static void prepare(struct worker *worker, struct connection *connection) {
    const struct request *request = &worker->workload->requests[next_random(worker) % worker->workload->count];
    connection->request = request;
    connection->outgoing = request->text;
    connection->sent = connection->received = connection->head = 0;
    if (request->mark_count == 0) return;
    if (connection->copy_room < request->length) {
        connection->copy = realloc(connection->copy, request->length);
        connection->copy_room = request->length;
    }
    memcpy(connection->copy, request->text, request->length);
    uint64_t number = worker->sequence;
    worker->sequence += (uint64_t)worker->options->threads;
    for (size_t i = 0; i < request->mark_count; i++) write_number(connection->copy + request->marks[i], number);
    connection->outgoing = connection->copy;
}

static void send_rest(struct worker *worker, struct connection *connection) {
    while (connection->sent < connection->request->length) {
        int written = SSL_write(connection->tls, connection->outgoing + connection->sent,
            (int)(connection->request->length - connection->sent));
        if (written <= 0) return wait_or_give_up(worker, connection, written, "the request could not be sent");
        connection->sent += (size_t)written;
    }
    connection->state = READING;
    watch(worker, connection, EPOLLIN);
}

static void begin(struct worker *worker, struct connection *connection, uint64_t since) {
    connection->since = since;
    connection->state = WRITING;
    prepare(worker, connection);
    send_rest(worker, connection);
}

static void become_idle(struct worker *worker, struct connection *connection) {
    connection->state = IDLE;
    watch(worker, connection, EPOLLIN);
    worker->idle[worker->idle_count++] = connection;
}

static void finish(struct worker *worker, struct connection *connection) {
    char words[128];
    uint64_t time = now();
    size_t length = connection->received - connection->head;
    size_t kept = connection->received < connection->room ? connection->received : connection->room;
    const char *wrong = judge(&connection->request->expected, connection->status,
        connection->answer + connection->head, kept - connection->head, length, words, sizeof words);
    if (wrong) {
        fail(&worker->statistics, wrong, connection->answer, kept);
    } else if (time >= worker->first && time <= worker->last) {
        record(&worker->statistics, time - connection->since, length);
    }
    if (worker->options->new_connections) {
        shut(worker, connection);
    } else {
        become_idle(worker, connection);
    }
}

/* Makes room for the whole answer once its length is known; of a very long one only the beginning is kept. */
static void make_room(struct connection *connection) {
    size_t whole = connection->head + (size_t)connection->body;
    if (whole > connection->room && whole <= KEPT_BYTES) {
        connection->answer = realloc(connection->answer, whole);
        connection->room = whole;
    }
}

static void receive(struct worker *worker, struct connection *connection) {
    if (!connection->answer) {
        connection->answer = malloc(FIRST_ROOM);
        connection->room = FIRST_ROOM;
    }
    for (;;) {
        int kept = connection->received < connection->room;
        char *place = kept ? connection->answer + connection->received : worker->scratch;
        size_t room = kept ? connection->room - connection->received : sizeof worker->scratch;
        int count = SSL_read(connection->tls, place, (int)room);
        if (count <= 0) return wait_or_give_up(worker, connection, count, "the connection ended before the answer");
        connection->received += (size_t)count;
        if (connection->head == 0) {
            connection->head = head_length(connection->answer, connection->received);
            if (connection->head == 0) {
                if (connection->received == connection->room) return give_up(worker, connection, "no end of the head");
                continue;
            }
            connection->status = read_head(connection->answer, connection->head, &connection->body);
            if (connection->body < 0) return give_up(worker, connection, "an answer without Content-Length");
            make_room(connection);
        }
        if (connection->received >= connection->head + (size_t)connection->body) return finish(worker, connection);
    }
}

static void greet(struct worker *worker, struct connection *connection) {
    connection->state = HANDSHAKE;
    int result = SSL_connect(connection->tls);
    if (result != 1) return wait_or_give_up(worker, connection, result, "the handshake failed");
    worker->opening--;
    worker->open++;
    /* A connection that is to be held asks once: until then the peer waits for the head of a request, not between two. */
    if (worker->options->new_connections || worker->options->idle_seconds > 0) {
        begin(worker, connection, connection->since);
    } else {
        become_idle(worker, connection);
    }
}

static void advance(struct worker *worker, struct connection *connection) {
    switch (connection->state) {
        case CONNECTING:
        case HANDSHAKE: greet(worker, connection); break;
        case WRITING: send_rest(worker, connection); break;
        case READING: receive(worker, connection); break;
        case IDLE: {
            /* Session tickets come here; so does the end of a connection the peer no longer wants. */
            char byte;
            int result = SSL_read(connection->tls, &byte, 1);
            if (result <= 0 && SSL_get_error(connection->tls, result) == SSL_ERROR_WANT_READ) break;
            for (size_t i = 0; i < worker->idle_count; i++) {
                if (worker->idle[i] == connection) worker->idle[i] = worker->idle[--worker->idle_count];
            }
            give_up(worker, connection, "an idle connection was closed");
            break;
        }
        case CLOSED: break;
    }
}

static void open_more(struct worker *worker) {
    for (size_t i = 0; i < worker->count && worker->opening < OPENING_AT_ONCE; i++) {
        if (worker->connections[i].state == CLOSED) connect_to_peer(worker, &worker->connections[i]);
        if (worker->statistics.errors > FAILURES_AT_MOST) return;
    }
}

/* Gives idle connections their next request; with a rate only when it is due, and its time counts from then. Nothing is
 * due before all connections of this thread are open: what became due during their handshakes would come at once, and the
 * peer would need half a second at its top rate to be rid of it. */
static void begin_due(struct worker *worker, uint64_t time) {
    if (worker->next_due == NOT_YET && worker->open == worker->count) worker->next_due = time + worker->lag;
    while (worker->idle_count > 0 && (worker->interval == 0 || worker->next_due <= time)) {
        struct connection *connection = worker->idle[--worker->idle_count];
        begin(worker, connection, worker->interval ? worker->next_due : now());
        worker->next_due += worker->interval;
    }
}

/* With idle connections to hold, each gets one request and then waits. */
static void *run(void *argument) {
    struct worker *worker = argument;
    struct epoll_event events[EVENTS];
    int holding = worker->options->idle_seconds > 0;
    for (;;) {
        uint64_t time = now();
        if (time >= worker->end || worker->statistics.errors > FAILURES_AT_MOST) break;
        if (time < worker->last && worker->open + (size_t)worker->opening < worker->count) open_more(worker);
        if (time < worker->last && !holding) begin_due(worker, time);
        if (time >= worker->last && worker->idle_count >= worker->open && !holding) break;
        uint64_t wake = time + 50000000;
        if (worker->interval && worker->idle_count > 0 && worker->next_due < wake) wake = worker->next_due;
        struct timespec timeout = {0, wake > time ? (long)(wake - time) : 0};
        int count = epoll_pwait2(worker->epoll, events, EVENTS, &timeout, NULL);
        for (int i = 0; i < count; i++) advance(worker, events[i].data.ptr);
    }
    return NULL;
}

struct worker *start_worker(
    const struct options *options, const struct workload *workload, SSL_CTX *context, int number, uint64_t start) {
    struct worker *worker = calloc(1, sizeof *worker);
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(options->host, options->port, &hints, &worker->address) != 0) {
        fprintf(stderr, "load: %s is no host\n", options->host);
        exit(2);
    }
    worker->options = options;
    worker->workload = workload;
    worker->context = context;
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->count = (size_t)((options->connections + number) / options->threads);
    worker->connections = calloc(worker->count, sizeof *worker->connections);
    worker->idle = calloc(worker->count, sizeof *worker->idle);
    worker->first = start + (uint64_t)(options->warm_up * 1e9);
    worker->last = worker->first + (uint64_t)(options->seconds * 1e9);
    worker->end = worker->last + (uint64_t)(options->idle_seconds > 0 ? 0 : 10e9);
    worker->interval = options->rate > 0 ? (uint64_t)(1e9 * options->threads / options->rate) : 0;
    worker->lag = worker->interval * (uint64_t)number / (uint64_t)options->threads;
    worker->next_due = NOT_YET;
    worker->random = 0x9e3779b97f4a7c15u * (uint64_t)(number + 1);
    worker->sequence = options->sequence + (uint64_t)number;
    if (pthread_create(&worker->thread, NULL, run, worker) != 0) exit(2);
    return worker;
}

struct statistics *end_worker(struct worker *worker, size_t *open) {
    pthread_join(worker->thread, NULL);
    *open += worker->open;
    return &worker->statistics;
}
