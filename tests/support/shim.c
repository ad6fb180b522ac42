/*
 * The disk under a test, as a library for LD_PRELOAD: it keeps what a power cut would leave of a directory (what counts
 * as durable stands in shim_image.c), kills the program at a chosen call, and makes calls fail. The program knows
 * nothing of it, and without its variables it does nothing.
 *
 *   NW_SHIM_ROOT=dir          the directory that is watched
 *   NW_SHIM_IMAGE=dir         receives what is durable of it; on the same file system, but outside
 *   NW_SHIM_DROP_SYNCS=1      syncs return 0 and make nothing durable
 *   NW_SHIM_KILL=step:n       SIGKILL right before the n-th call of a step, counted from 1 over the process's life;
 *                             after_step:n right after it
 *   NW_SHIM_FAIL=step:n:errno from the n-th call on, the step fails; several are separated by commas
 *   NW_SHIM_FAIL_WHILE=file   ... only while this file exists
 *   NW_SHIM_COUNTS=file       receives "step count" lines when the program exits by itself
 *
 * The real sync is left out where the image stands for it: only the simulated power is ever cut.
 */
#include "shim.h"

/* Calls go to the kernel directly, past the wrappers of libc that this library hides: there is nothing to look up, and
 * so nothing that could be called too early. Offsets are then one register wide. */
_Static_assert(sizeof(long) == 8, "a 64-bit system");

#define EXPORT __attribute__((visibility("default")))

enum kind {
    ARCHIVE_WRITE, ARCHIVE_SYNC, DB_WRITE, DB_RANGE_SYNC, DB_SYNC, OTHER_WRITE, OTHER_SYNC, DIR_SYNC, RENAME, UNLINK,
    NET_CONNECT, NET_SEND, NET_RECV,
    KINDS,
    NONE = KINDS /* a call that is nobody's business */
};

static const char *const names[KINDS] = {
    "archive_write", "archive_sync", "db_write", "db_range_sync", "db_sync", "other_write", "other_sync", "dir_sync",
    "rename", "unlink", "net_connect", "net_send", "net_recv",
};

struct fault { enum kind kind; unsigned long from; int error; };

/* Set once, before main, and then only read. */
static bool active;
char root[PATH_MAX];
static char root_given[PATH_MAX]; /* as the environment names it */
static bool drop_syncs;
static enum kind kill_kind = NONE;
static unsigned long kill_at;
static bool kill_after;
static struct fault faults[8];
static size_t fault_count;
static const char *fail_while, *counts_path;

static atomic_ulong counts[KINDS];
_Thread_local __attribute__((tls_model("initial-exec"))) int inside;

_Noreturn void give_up(const char *what) {
    dprintf(2, "shim: %s: %s\n", what, strerror(errno));
    abort();
}

static _Noreturn void die(void) {
    for (;;) {
        kill(getpid(), SIGKILL);
        pause();
    }
}

/* ---- Steps: a call that is counted, and may be the last or fail ---- */

struct step { enum kind kind; bool last; int error; };

static struct step before(enum kind kind) {
    struct step step = {kind, false, 0};
    if (kind == NONE)
        return step;
    unsigned long n = atomic_fetch_add(&counts[kind], 1) + 1;
    if (kind == kill_kind && n == kill_at) {
        if (!kill_after)
            die();
        step.last = true;
    }
    for (size_t i = 0; i < fault_count; i++)
        if (faults[i].kind == kind && n >= faults[i].from && (!fail_while || access(fail_while, F_OK) == 0))
            step.error = faults[i].error;
    return step;
}

static long after(struct step step, long result) {
    if (step.last)
        die();
    if (step.error) {
        errno = step.error;
        return -1;
    }
    return result;
}

/* Makes the call unless the step has to fail. `call` sets errno itself. */
#define STEP(kind, call) \
    struct step step = before(kind); \
    return after(step, step.error ? -1 : (long)(call))

/* ---- What a call is about ---- */

const char *below(const char *base, const char *path) {
    size_t length = strlen(base);
    if (length == 0 || strncmp(path, base, length) != 0)
        return NULL;
    if (path[length] == '\0')
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

bool path_of(int fd, char path[PATH_MAX], bool *linked) {
    static const char gone[] = " (deleted)";
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    size_t end = sizeof gone - 1;
    *linked = (size_t)length <= end || strcmp(path + length - end, gone) != 0;
    if (!*linked)
        path[length - end] = '\0';
    return true;
}

/* The kind that a file's place makes of a call: one for the archive, one for sled, one for the rest. */
static enum kind by_place(const char *relative, enum kind archive, enum kind db, enum kind other) {
    const char *slash = strrchr(relative, '/'), *name = slash ? slash + 1 : relative;
    if (strncmp(relative, "archive/", 8) == 0 || strstr(relative, "/archive/"))
        return archive;
    if (strcmp(name, "db") == 0 || strcmp(name, "conf") == 0 || strncmp(name, "snap.", 5) == 0)
        return db;
    if (strncmp(relative, "blobs/", 6) == 0 || strstr(relative, "/blobs/"))
        return db;
    return other;
}

static bool is_inet(int fd) {
    int domain = 0;
    socklen_t size = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_INET;
}

static enum kind of_write(int fd) {
    if (!active || inside)
        return NONE;
    int saved = errno;
    enum kind kind = NONE;
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode)) {
        kind = is_inet(fd) ? NET_SEND : NONE;
    } else if (*root && S_ISREG(st.st_mode)) {
        char path[PATH_MAX];
        bool linked;
        const char *relative = path_of(fd, path, &linked) ? below(root, path) : NULL;
        kind = relative ? by_place(relative, ARCHIVE_WRITE, DB_WRITE, OTHER_WRITE) : NONE;
    }
    errno = saved;
    return kind;
}

static enum kind of_sync(int fd, bool range) {
    if (!active || inside || !*root)
        return NONE;
    int saved = errno;
    enum kind kind = NONE;
    struct stat st;
    char path[PATH_MAX];
    bool linked;
    const char *relative = fstat(fd, &st) == 0 && path_of(fd, path, &linked) ? below(root, path) : NULL;
    if (relative && S_ISDIR(st.st_mode))
        kind = range ? NONE : DIR_SYNC;
    else if (relative && S_ISREG(st.st_mode))
        kind = range ? by_place(relative, NONE, DB_RANGE_SYNC, NONE)
                     : by_place(relative, ARCHIVE_SYNC, DB_SYNC, OTHER_SYNC);
    errno = saved;
    return kind;
}

/* A receive that would only be told to wait is no step: an event loop may ask any number of times. */
static enum kind of_receive(int fd, int flags) {
    if (!active || inside)
        return NONE;
    int saved = errno;
    enum kind kind = is_inet(fd) ? NET_RECV : NONE;
    if (kind == NET_RECV && ((flags & MSG_DONTWAIT) || (fcntl(fd, F_GETFL) & O_NONBLOCK))) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, 0) <= 0)
            kind = NONE;
    }
    errno = saved;
    return kind;
}

static enum kind of_path(const char *path, enum kind kind) {
    char whole[2 * PATH_MAX];
    if (!active || inside || !path)
        return NONE;
    int saved = errno;
    if (*path != '/' && getcwd(whole, PATH_MAX)) {
        size_t length = strlen(whole);
        snprintf(whole + length, sizeof whole - length, "/%s", path);
        path = whole;
    }
    errno = saved;
    return below(root, path) || below(root_given, path) ? kind : NONE;
}

static long sync_by(long call, int fd) {
    enum kind kind = of_sync(fd, false);
    STEP(kind, kind == NONE ? syscall(call, fd) : drop_syncs ? 0 : has_image() ? make_durable(fd) : syscall(call, fd));
}

/* ---- The beginning and the end ---- */

static enum kind kind_named(const char *name, size_t length) {
    for (int kind = 0; kind < KINDS; kind++)
        if (strlen(names[kind]) == length && strncmp(names[kind], name, length) == 0)
            return kind;
    errno = EINVAL;
    give_up(name);
}

static int error_named(const char *name, size_t length) {
    static const struct { const char *name; int error; } known[] = {
        {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}, {"EMFILE", EMFILE},
        {"ECONNREFUSED", ECONNREFUSED}, {"ECONNRESET", ECONNRESET}, {"ENETUNREACH", ENETUNREACH},
        {"ETIMEDOUT", ETIMEDOUT}, {"EPIPE", EPIPE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
            return known[i].error;
    errno = EINVAL;
    give_up(name);
}

/* Reads "kind:n" and returns what follows. */
static const char *read_step(const char *text, enum kind *kind, unsigned long *n) {
    size_t length = strcspn(text, ":");
    char *end = NULL;
    *kind = kind_named(text, length);
    *n = text[length] == ':' ? strtoul(text + length + 1, &end, 10) : 0;
    if (*n == 0) {
        errno = EINVAL;
        give_up(text);
    }
    return end;
}

static void read_kill(const char *text) {
    kill_after = strncmp(text, "after_", 6) == 0;
    read_step(kill_after ? text + 6 : text, &kill_kind, &kill_at);
}

static void read_faults(const char *text) {
    while (*text && fault_count < sizeof faults / sizeof *faults) {
        struct fault *fault = &faults[fault_count++];
        const char *error = read_step(text, &fault->kind, &fault->from);
        error += *error == ':';
        size_t length = strcspn(error, ",");
        fault->error = error_named(error, length);
        text = error + length + (error[length] == ',');
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *text;
    inside++;
    if ((text = getenv("NW_SHIM_ROOT"))) {
        snprintf(root_given, sizeof root_given, "%s", text);
        if (!realpath(text, root))
            give_up(text);
        active = true;
        if ((text = getenv("NW_SHIM_IMAGE")))
            open_image(text);
    }
    if ((text = getenv("NW_SHIM_KILL")))
        read_kill(text);
    if ((text = getenv("NW_SHIM_FAIL")))
        read_faults(text);
    drop_syncs = (text = getenv("NW_SHIM_DROP_SYNCS")) && strcmp(text, "1") == 0;
    fail_while = getenv("NW_SHIM_FAIL_WHILE");
    counts_path = getenv("NW_SHIM_COUNTS");
    active = active || kill_kind != NONE || fault_count || counts_path;
    inside--;
}

__attribute__((destructor)) static void end(void) {
    if (!counts_path)
        return;
    inside++;
    int fd = open(counts_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        give_up(counts_path);
    for (int kind = 0; kind < KINDS; kind++)
        dprintf(fd, "%s %lu\n", names[kind], atomic_load(&counts[kind]));
    close(fd);
    inside--;
}

/* ---- What the program calls ---- */

EXPORT ssize_t write(int fd, const void *buffer, size_t size) {
    STEP(of_write(fd), syscall(SYS_write, fd, buffer, size));
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    STEP(of_write(fd), syscall(SYS_writev, fd, parts, count));
}

EXPORT ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t at) {
    STEP(of_write(fd), syscall(SYS_pwrite64, fd, buffer, size, at));
}

EXPORT ssize_t pwrite(int fd, const void *buffer, size_t size, off_t at) {
    return pwrite64(fd, buffer, size, at);
}

EXPORT int fsync(int fd) {
    return (int)sync_by(SYS_fsync, fd);
}

EXPORT int fdatasync(int fd) {
    return (int)sync_by(SYS_fdatasync, fd);
}

EXPORT int sync_file_range(int fd, off64_t from, off64_t size, unsigned flags) {
    enum kind kind = of_sync(fd, true);
    STEP(kind, kind != NONE && drop_syncs ? 0 : syscall(SYS_sync_file_range, fd, from, size, flags));
}

EXPORT int rename(const char *from, const char *to) {
    STEP(of_path(to, RENAME), syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

EXPORT int unlink(const char *path) {
    STEP(of_path(path, UNLINK), syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t size) {
    bool ours = active && !inside && size >= sizeof address->sa_family && address->sa_family == AF_INET;
    STEP(ours ? NET_CONNECT : NONE, syscall(SYS_connect, fd, address, size));
}

EXPORT ssize_t sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    STEP(of_write(fd), syscall(SYS_sendto, fd, buffer, size, flags, to, length));
}

EXPORT ssize_t send(int fd, const void *buffer, size_t size, int flags) {
    return sendto(fd, buffer, size, flags, NULL, 0);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    STEP(of_write(fd), syscall(SYS_sendmsg, fd, message, flags));
}

EXPORT ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
    STEP(of_receive(fd, flags), syscall(SYS_recvfrom, fd, buffer, size, flags, from, length));
}

EXPORT ssize_t recv(int fd, void *buffer, size_t size, int flags) {
    return recvfrom(fd, buffer, size, flags, NULL, NULL);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    STEP(of_receive(fd, flags), syscall(SYS_recvmsg, fd, message, flags));
}

EXPORT ssize_t read(int fd, void *buffer, size_t size) {
    STEP(of_receive(fd, 0), syscall(SYS_read, fd, buffer, size));
}

EXPORT ssize_t readv(int fd, const struct iovec *parts, int count) {
    STEP(of_receive(fd, 0), syscall(SYS_readv, fd, parts, count));
}
