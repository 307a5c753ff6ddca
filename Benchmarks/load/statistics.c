/* Latencies, errors and the report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load.h"

void record(struct statistics *statistics, uint64_t nanoseconds, size_t bytes) {
    if (statistics->count == statistics->capacity) {
        statistics->capacity = statistics->capacity ? statistics->capacity * 2 : 1 << 16;
        statistics->latencies = realloc(statistics->latencies, statistics->capacity * sizeof(uint32_t));
    }
    statistics->latencies[statistics->count++] = (uint32_t)(nanoseconds / 1000);
    statistics->bytes += bytes;
}

void fail(struct statistics *statistics, const char *reason, const char *answer, size_t length) {
    if (statistics->errors++ > 0) return;
    snprintf(statistics->first_error, sizeof statistics->first_error, "%s", reason);
    statistics->first_answer = strndup(answer ? answer : "", length < 1500 ? length : 1500);
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static double percentile(const struct statistics *statistics, double part) {
    if (statistics->count == 0) return 0;
    return statistics->latencies[(size_t)(part * (double)(statistics->count - 1))] / 1000.0;
}

void report(struct statistics *all, int threads, double seconds, size_t open) {
    struct statistics sum = {0};
    struct rusage usage;
    const char *error = "";
    for (int i = 0; i < threads; i++) {
        for (size_t j = 0; j < all[i].count; j++) record(&sum, (uint64_t)all[i].latencies[j] * 1000, 0);
        sum.bytes += all[i].bytes;
        sum.errors += all[i].errors;
        if (all[i].errors && !*error) {
            error = all[i].first_error;
            fprintf(stderr, "load: %s\n%s\n", error, all[i].first_answer);
        }
    }
    qsort(sum.latencies, sum.count, sizeof(uint32_t), ascending);
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"requests\": %zu, \"errors\": %llu, \"seconds\": %.3f, \"rate\": %.2f, \"bytes_per_second\": %.0f, "
        "\"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f, \"cpu_seconds\": %.3f, \"open\": %zu, \"error\": \"%s\"}\n",
        sum.count, (unsigned long long)sum.errors, seconds, (double)sum.count / seconds, (double)sum.bytes / seconds,
        percentile(&sum, 0.5), percentile(&sum, 0.99), percentile(&sum, 0.999), cpu, open, error);
}
