/* Sends the requests of a file over mutual TLS 1.3, checks the answers, and prints one line of JSON.
 *
 * Usage: load -h HOST -p PORT -f FILE -c CERTIFICATE -k KEY -a AUTHORITY [options]
 *   -n N   connections (1)              -t N   threads (1)
 *   -d S   seconds that are measured    -w S   seconds before that, to warm up
 *   -r R   requests a second; otherwise every connection sends its next request when it has an answer
 *   -N     a new connection for each request
 *   -i     opens the connections and holds them idle for the measured seconds
 *   -s N   first number written over the marks of requests
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

static void stop(const char *words) {
    fprintf(stderr, "load: %s\n", words);
    exit(2);
}

static struct options read_options(int count, char **arguments) {
    struct options options = {.threads = 1, .connections = 1, .seconds = 5, .warm_up = 1};
    int option, idle = 0;
    while ((option = getopt(count, arguments, "h:p:f:c:k:a:n:t:d:w:r:s:Ni")) != -1) {
        switch (option) {
            case 'h': options.host = optarg; break;
            case 'p': options.port = optarg; break;
            case 'f': options.file = optarg; break;
            case 'c': options.certificate = optarg; break;
            case 'k': options.key = optarg; break;
            case 'a': options.authority = optarg; break;
            case 'n': options.connections = atoi(optarg); break;
            case 't': options.threads = atoi(optarg); break;
            case 'd': options.seconds = atof(optarg); break;
            case 'w': options.warm_up = atof(optarg); break;
            case 'r': options.rate = atof(optarg); break;
            case 's': options.sequence = strtoull(optarg, NULL, 10); break;
            case 'N': options.new_connections = 1; break;
            case 'i': idle = 1; break;
            default: stop("unknown option");
        }
    }
    if (!options.host || !options.port || !options.file || !options.certificate || !options.key || !options.authority) {
        stop("-h, -p, -f, -c, -k and -a are needed");
    }
    if (options.threads < 1 || options.connections < 1 || options.seconds <= 0) stop("a number is too small");
    if (options.threads > options.connections) options.threads = options.connections;
    if (idle) options.idle_seconds = options.seconds;
    return options;
}

/* The same cipher for every peer that is compared, and full handshakes: no session is used again. */
static SSL_CTX *make_context(const struct options *options) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1
        || SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1
        || SSL_CTX_load_verify_locations(context, options->authority, NULL) != 1
        || SSL_CTX_use_certificate_chain_file(context, options->certificate) != 1
        || SSL_CTX_use_PrivateKey_file(context, options->key, SSL_FILETYPE_PEM) != 1) {
        stop("certificate, key or authority cannot be used");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Idle connections are to cost little here as well. */
    if (options->idle_seconds > 0) {
        SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    } else {
        SSL_CTX_set_read_ahead(context, 1);
        SSL_CTX_set_default_read_buffer_len(context, 70000);
    }
    return context;
}

int main(int count, char **arguments) {
    struct options options = read_options(count, arguments);
    struct rlimit files;
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    struct workload workload = read_workload(options.file);
    SSL_CTX *context = make_context(&options);
    struct worker **workers = calloc((size_t)options.threads, sizeof *workers);
    struct statistics *all = calloc((size_t)options.threads, sizeof *all);
    /* Whatever happens, the program ends. */
    alarm((unsigned)(options.warm_up + options.seconds) + 60);
    uint64_t start = now();
    for (int i = 0; i < options.threads; i++) workers[i] = start_worker(&options, &workload, context, i, start);
    size_t open = 0;
    for (int i = 0; i < options.threads; i++) all[i] = *end_worker(workers[i], &open);
    report(all, options.threads, options.seconds, open);
    return 0;
}
