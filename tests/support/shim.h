/* What the two halves of the shim share: shim.c, the calls, and shim_image.c, the disk. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The directory that is watched, as the kernel names it; empty if there is none. Set before main. */
extern char root[PATH_MAX];

/* Set while the shim itself is at work, so that its own calls are not counted. */
extern _Thread_local __attribute__((tls_model("initial-exec"))) int inside;

/* A rig that cannot do what it was told must not look like a program that failed. */
_Noreturn void give_up(const char *what);

/* The rest of a path behind `base`, without a slash in front; NULL for a path elsewhere. */
const char *below(const char *base, const char *path);

/* The path of an open file, as the kernel has it now. Says whether there is one, and whether it is still linked. */
bool path_of(int fd, char path[PATH_MAX], bool *linked);

/* Begins an image of ROOT, or goes on with one. Until then there is none. */
void open_image(const char *image);
bool has_image(void);

/* Takes what is open as `fd` into the image, as its fsync does; returns 0. */
long make_durable(int fd);
