/* Reads heads of answers and judges answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "load.h"

#ifdef __x86_64__
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

size_t head_length(const char *bytes, size_t length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    return end ? (size_t)(end - bytes) + 4 : 0;
}

int read_head(const char *head, size_t length, long long *body_length) {
    static const char version[] = "HTTP/1.1 ";
    static const char name[] = "\ncontent-length:";
    *body_length = -1;
    if (length < sizeof version + 2 || memcmp(head, version, sizeof version - 1)) return 0;
    /* Not sscanf, which looks for the end of all the text first: that is the whole answer. */
    const char *digits = head + sizeof version - 1;
    int status = 0;
    for (int at = 0; at < 3; at++) {
        if (digits[at] < '0' || digits[at] > '9') return 0;
        status = status * 10 + digits[at] - '0';
    }
    for (const char *at = head; (at = memchr(at, '\n', (size_t)(head + length - at))); at++) {
        if ((size_t)(head + length - at) > sizeof name && !strncasecmp(at, name, sizeof name - 1)) {
            *body_length = strtoll(at + sizeof name - 1, NULL, 10);
        }
    }
    return status;
}

/* Places where the bytes a, b and c stand at these distances. The compiler turns the loop into vector code, for what the
 * processor has, so that 60 kB of XML cost a few microseconds. */
VECTORS static long count(const char *text, size_t length, size_t far_b, char b, size_t far_c, char c) {
    long found = 0;
    if (length <= far_c) return 0;
    size_t end = length - far_c;
    for (size_t at = 0; at < end;) {
        unsigned char block = 0;
        size_t stop = at + 128 < end ? at + 128 : end;
        for (; at < stop; at++) block += (text[at] == '<') & (text[at + far_b] == b) & (text[at + far_c] == c);
        found += block;
    }
    return found;
}

/* `<rim:ExtrinsicObject ` against `<rim:ExternalIdentifier `, and `<rim:ObjectRef `. */
static long count_objects(const char *body, size_t length) {
    return count(body, length, 5, 'E', 8, 'r') + count(body, length, 5, 'O', 11, 'R');
}

const char *judge(
    const struct expectation *expected, int status, const char *body, size_t kept, size_t length, char *words,
    size_t room) {
    static const char success[] = "ResponseStatusType:Success";
    if (status != 200) {
        snprintf(words, room, "HTTP status %d", status);
        return words;
    }
    if (length < expected->least_bytes) {
        snprintf(words, room, "%zu bytes instead of %zu or more", length, expected->least_bytes);
        return words;
    }
    if (expected->success && !memmem(body, kept < 8192 ? kept : 8192, success, sizeof success - 1)) {
        return "the answer does not say Success";
    }
    if (expected->objects >= 0) {
        long found = count_objects(body, kept);
        if (found != expected->objects) {
            snprintf(words, room, "%ld objects instead of %ld", found, expected->objects);
            return words;
        }
    }
    return NULL;
}
