/* Counts the mutating libc calls of a whole process tree, and at call n kills the tree's group or fails with an errno.

   FAULT_COUNTER  a file of 8 bytes, shared by all processes: the calls so far
   FAULT_AT       the call at which the fault happens (0: only count)
   FAULT_HOW      "kill": SIGKILL to the process group; else the errno to fail with, as a number; "28+": from that
                  call on whatever needs room fails (a full disk) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long *counter;
static long at;
static int failure;
static int lasting;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("FAULT_COUNTER"), *number = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
    if (!path) return;
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int descriptor = real_open(path, O_RDWR);
    if (descriptor < 0) return;
    counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (counter == MAP_FAILED) counter = NULL;
    at = number ? atol(number) : 0;
    failure = how && strcmp(how, "kill") ? atoi(how) : 0;
    lasting = failure && strchr(how, '+') != NULL;
}

/* 0: go on; else fail with errno set */
static int fault(int needs_room) {
    if (!counter) return 0;
    long now = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    if (!at || now < at) return 0;
    if (lasting ? !needs_room : now != at) return 0;
    if (!failure) {
        kill(0, SIGKILL);
        pause();
    }
    errno = failure;
    return 1;
}

static int is_file(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define WRAP(needs_room, result, name, params, args)        \
    result name params {                                    \
        static result(*real) params;                        \
        if (!real) real = dlsym(RTLD_NEXT, #name);          \
        return fault(needs_room) ? (result)-1 : real args;  \
    }

WRAP(0, int, rename, (const char *a, const char *b), (a, b))
WRAP(0, int, renameat2, (int a, const char *b, int c, const char *d, unsigned e), (a, b, c, d, e))
WRAP(0, int, renameat, (int a, const char *b, int c, const char *d), (a, b, c, d))
WRAP(0, int, unlink, (const char *a), (a))
WRAP(0, int, unlinkat, (int a, const char *b, int c), (a, b, c))
WRAP(0, int, rmdir, (const char *a), (a))
WRAP(1, int, mkdir, (const char *a, mode_t b), (a, b))
WRAP(1, int, mkstemp64, (char *a), (a))
WRAP(1, int, mkdirat, (int a, const char *b, mode_t c), (a, b, c))
WRAP(1, int, symlink, (const char *a, const char *b), (a, b))
WRAP(1, int, symlinkat, (const char *a, int b, const char *c), (a, b, c))
WRAP(1, int, link, (const char *a, const char *b), (a, b))
WRAP(1, int, linkat, (int a, const char *b, int c, const char *d, int e), (a, b, c, d, e))
WRAP(0, int, ftruncate, (int a, off_t b), (a, b))
WRAP(0, int, ftruncate64, (int a, off_t b), (a, b))
WRAP(0, int, chmod, (const char *a, mode_t b), (a, b))
WRAP(0, int, utimensat, (int a, const char *b, const struct timespec c[2], int d), (a, b, c, d))
WRAP(0, int, futimens, (int a, const struct timespec b[2]), (a, b))
WRAP(1, int, fsync, (int a), (a))
WRAP(1, int, fdatasync, (int a), (a))

#define WRITE(name, params, args)                                                       \
    ssize_t name params {                                                               \
        static ssize_t(*real) params;                                                   \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                      \
        return counter && is_file(out) && fault(1) ? -1 : real args;                    \
    }

WRITE(write, (int out, const void *a, size_t b), (out, a, b))
WRITE(pwrite, (int out, const void *a, size_t b, off_t c), (out, a, b, c))
WRITE(pwrite64, (int out, const void *a, size_t b, off_t c), (out, a, b, c))
WRITE(writev, (int out, const struct iovec *a, int b), (out, a, b))
WRITE(sendfile, (int out, int a, off_t *b, size_t c), (out, a, b, c))
WRITE(sendfile64, (int out, int a, off_t *b, size_t c), (out, a, b, c))

ssize_t copy_file_range(int in, off_t *a, int out, off_t *b, size_t c, unsigned d) {
    static ssize_t (*real)(int, off_t *, int, off_t *, size_t, unsigned);
    if (!real) real = dlsym(RTLD_NEXT, "copy_file_range");
    return counter && is_file(out) && fault(1) ? -1 : real(in, a, out, b, c, d);
}

#define OPEN(name, first, first_args, call)                                         \
    int name first {                                                                \
        static int(*real) first;                                                    \
        mode_t mode = 0;                                                            \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                  \
        if (flags & O_CREAT) {                                                      \
            va_list rest;                                                           \
            va_start(rest, flags);                                                  \
            mode = va_arg(rest, mode_t);                                            \
            va_end(rest);                                                           \
            if (fault(1)) return -1;                                                  \
        }                                                                           \
        return real call;                                                           \
    }

OPEN(open, (const char *path, int flags, ...), (path, flags), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags), (path, flags, mode))
OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags), (folder, path, flags, mode))
OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags), (folder, path, flags, mode))

#define FOPEN(name)                                                       \
    FILE *name(const char *path, const char *mode) {                      \
        static FILE *(*real)(const char *, const char *);                 \
        if (!real) real = dlsym(RTLD_NEXT, #name);                        \
        return *mode != 'r' && fault(1) ? NULL : real(path, mode);        \
    }

FOPEN(fopen)
FOPEN(fopen64)
