/* What the file system does on its own: files of BYTES bytes are written, fsynced and renamed by THREADS threads.
 *
 * Usage: durable_write DIRECTORY BYTES THREADS SECONDS     prints one line of JSON
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *directory;
static size_t bytes;
static double seconds;
static char *content;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *write_files(void *argument) {
    long number = *(int *)argument, written = 0;
    double end = now() + seconds;
    while (now() < end) {
        char temporary[4096], final[4096];
        snprintf(temporary, sizeof temporary, "%s/temporary-%ld", directory, number);
        snprintf(final, sizeof final, "%s/%ld-%ld", directory, number, written);
        int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0 || write(file, content, bytes) != (ssize_t)bytes || fsync(file) != 0 || close(file) != 0
            || rename(temporary, final) != 0) {
            perror("durable_write");
            exit(1);
        }
        written++;
    }
    return (void *)written;
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    directory = arguments[1];
    bytes = strtoul(arguments[2], NULL, 10);
    int threads = atoi(arguments[3]);
    seconds = atof(arguments[4]);
    content = malloc(bytes);
    for (size_t i = 0; i < bytes; i++) content[i] = (char)(i * 2654435761u >> 13);
    pthread_t *all = calloc((size_t)threads, sizeof *all);
    int *numbers = calloc((size_t)threads, sizeof *numbers);
    long sum = 0;
    double start = now();
    for (int i = 0; i < threads; i++) {
        numbers[i] = i;
        if (pthread_create(&all[i], NULL, write_files, &numbers[i]) != 0) return 1;
    }
    for (int i = 0; i < threads; i++) {
        void *written;
        pthread_join(all[i], &written);
        sum += (long)written;
    }
    printf("{\"rate\": %.1f}\n", (double)sum / (now() - start));
    return 0;
}
