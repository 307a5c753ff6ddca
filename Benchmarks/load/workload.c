/* Reads the file of requests: for each a line `LOAD bytes success objects least-bytes`, then the bytes of the HTTP
 * request. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

static void find_marks(struct request *request) {
    const char *end = request->text + request->length;
    for (const char *at = request->text; (at = memmem(at, (size_t)(end - at), MARK, MARK_DIGITS));
         at += MARK_DIGITS) {
        request->marks = realloc(request->marks, (request->mark_count + 1) * sizeof *request->marks);
        request->marks[request->mark_count++] = (size_t)(at - request->text);
    }
}

struct workload read_workload(const char *path) {
    struct workload workload = {NULL, 0};
    struct stat information;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &information) != 0 || information.st_size == 0) {
        fprintf(stderr, "load: %s cannot be read\n", path);
        exit(2);
    }
    size_t size = (size_t)information.st_size;
    const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    size_t at = 0;
    while (bytes != MAP_FAILED && at < size) {
        char line[128] = "";
        const char *end = memchr(bytes + at, '\n', size - at < sizeof line ? size - at : sizeof line - 1);
        struct request request = {0};
        if (end) memcpy(line, bytes + at, (size_t)(end - bytes) - at);
        if (!end
            || sscanf(line, "LOAD %zu %d %ld %zu", &request.length, &request.expected.success,
                &request.expected.objects, &request.expected.least_bytes) != 4
            || request.length > size - (size_t)(end + 1 - bytes)) {
            fprintf(stderr, "load: %s is wrong at byte %zu\n", path, at);
            exit(2);
        }
        request.text = end + 1;
        at = (size_t)(end + 1 - bytes) + request.length;
        find_marks(&request);
        if ((workload.count & (workload.count - 1)) == 0) {
            size_t room = workload.count ? workload.count * 2 : 1;
            workload.requests = realloc(workload.requests, room * sizeof request);
        }
        workload.requests[workload.count++] = request;
    }
    return workload;
}
