/*
 * The disk of the shim: what would survive a power cut.
 *
 * What counts as durable is the least that POSIX and ext4 promise:
 *   - fsync and fdatasync of a file: its content, and its entry if the file never had a durable one (ext4 does that);
 *   - fsync of a directory: its list of entries. Only that makes a rename, a removal or a mkdir durable. An entry whose
 *     file was never synced is an empty file;
 *   - sync_file_range: nothing (it writes neither metadata nor the disk's own cache, see its manual page).
 *
 * The image therefore is not a copy of the tree but a small inode store, so that content and names age separately:
 *   IMAGE/root            -> inodes/<number of ROOT>
 *   IMAGE/inodes/<number>    a file's content, or a directory of links: name -> ../<number>
 *   IMAGE/pins/<number>      a hard link to the live file: it says that the file has had a durable entry, and it keeps
 *                            the kernel from giving the number to another file
 * Reading it through its symbolic links gives the tree. Every change of it is one rename, so a SIGKILL in the middle
 * leaves the former version or the new one. Directories are not pinned: a test that removes one and then makes another
 * file with its number is told so by an abort. Other kinds of file, such as sockets, are not kept.
 */
#include "shim.h"

static int inodes = -1, pins = -1;
static pthread_mutex_t image_lock = PTHREAD_MUTEX_INITIALIZER;

static const char *number(char text[24], ino_t inode) {
    snprintf(text, 24, "%lu", (unsigned long)inode);
    return text;
}

/* A name for what is being made, before it is renamed to what it is. */
static const char *fresh(char text[24]) {
    snprintf(text, 24, "new.%d", (int)getpid());
    return text;
}

/* Takes away what was made, or what an earlier process of the same number left when it was killed. */
static void discard(const char *name) {
    if (unlinkat(inodes, name, 0) == 0 || errno == ENOENT)
        return;
    DIR *directory = fdopendir(openat(inodes, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        give_up("an old directory of the image");
    for (struct dirent *entry; (entry = readdir(directory));)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    if (unlinkat(inodes, name, AT_REMOVEDIR) != 0)
        give_up("remove an old directory of the image");
}

/* Copies all of a file; `from` need not be open for reading. */
static void copy(int from, int to) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", from);
    int source = open(link, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        give_up(link);
    ssize_t moved;
    do
        moved = copy_file_range(source, NULL, to, NULL, 1 << 30, 0);
    while (moved > 0);
    if (moved < 0) { /* a file system that cannot do it */
        static char buffer[1 << 16];
        while ((moved = read(source, buffer, sizeof buffer)) > 0)
            if (write(to, buffer, moved) != moved)
                give_up("write to the image");
    }
    if (moved < 0)
        give_up("read for the image");
    close(source);
}

static bool is_pinned(const char *inode) {
    return faccessat(pins, inode, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Lets the durable directory `parent` say that `name` is `inode`. */
static void set_entry(const char *parent, const char *name, const char *inode) {
    char made[24], target[32], entry[NAME_MAX + 32];
    snprintf(target, sizeof target, "../%s", inode);
    snprintf(entry, sizeof entry, "%s/%s", parent, name);
    discard(fresh(made));
    if (symlinkat(target, inodes, made) != 0 || renameat(inodes, made, inodes, entry) != 0)
        give_up(entry);
}

static void make_directory(const char *inode, mode_t mode) {
    if (mkdirat(inodes, inode, mode & 07777) != 0 && errno != EEXIST)
        give_up("a directory in the image");
}

/* Makes the entry of `path` durable, and those of the directories above it, as a new file's fsync does. */
static void publish_entry(const char *path, const char *inode) {
    char directory[PATH_MAX], parent[24], child[24];
    struct stat st;
    const char *slash = strrchr(path, '/');
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
    if (!below(root, directory))
        return; /* the entry of ROOT itself is not ours */
    if (stat(directory, &st) != 0)
        give_up(directory);
    number(parent, st.st_ino);
    if (faccessat(inodes, parent, F_OK, 0) != 0) {
        make_directory(parent, st.st_mode);
        publish_entry(directory, number(child, st.st_ino));
    }
    set_entry(parent, slash + 1, inode);
}

static void pin(int fd, const char *inode) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, link, pins, inode, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST && errno != ENOENT)
        give_up("a hard link from the image (is it on the same file system?)");
}

static void publish_file(int fd, const struct stat *st, const char *path, bool linked) {
    char made[24], inode[24];
    number(inode, st->st_ino);
    if (!linked && !is_pinned(inode))
        return; /* removed before it ever was durable */
    discard(fresh(made));
    int to = openat(inodes, made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st->st_mode & 07777);
    if (to < 0)
        give_up("a file in the image");
    copy(fd, to);
    close(to);
    if (renameat(inodes, made, inodes, inode) != 0)
        give_up("a file's content");
    /* The pin last: killed in between, the next sync does it again. */
    if (!is_pinned(inode)) {
        publish_entry(path, inode);
        pin(fd, inode);
    }
}

/* An entry that a directory's sync makes durable, of a file that was never synced: its content is not. */
static void publish_empty(int directory, const char *name, const struct stat *st, const char *inode) {
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return; /* removed meanwhile */
    int to = openat(inodes, inode, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st->st_mode & 07777);
    if (to < 0)
        give_up("an empty file in the image");
    close(to);
    pin(fd, inode);
    close(fd);
}

static void publish_directory(const struct stat *st, const char *path) {
    char made[24], inode[24], own[24];
    number(own, st->st_ino);
    discard(fresh(made));
    make_directory(made, st->st_mode);
    int list = openat(inodes, made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = opendir(path);
    if (list < 0 || !directory)
        give_up(path);
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat child;
        char target[32];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (fstatat(dirfd(directory), entry->d_name, &child, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        number(inode, child.st_ino);
        if (S_ISDIR(child.st_mode))
            make_directory(inode, child.st_mode);
        else if (!S_ISREG(child.st_mode))
            continue;
        else if (!is_pinned(inode))
            publish_empty(dirfd(directory), entry->d_name, &child, inode);
        snprintf(target, sizeof target, "../%s", inode);
        if (symlinkat(target, list, entry->d_name) != 0)
            give_up(entry->d_name);
    }
    closedir(directory);
    close(list);
    if (faccessat(inodes, own, F_OK, 0) != 0) {
        if (renameat(inodes, made, inodes, own) != 0)
            give_up(path);
        publish_entry(path, own);
    } else {
        if (syscall(SYS_renameat2, inodes, made, inodes, own, 2 /* RENAME_EXCHANGE */) != 0)
            give_up(path);
        discard(made);
    }
}

long make_durable(int fd) {
    struct stat st;
    char path[PATH_MAX];
    bool linked;
    inside++;
    pthread_mutex_lock(&image_lock);
    if (fstat(fd, &st) == 0 && path_of(fd, path, &linked)) {
        if (!S_ISDIR(st.st_mode))
            publish_file(fd, &st, path, linked);
        else if (linked)
            publish_directory(&st, path);
    }
    pthread_mutex_unlock(&image_lock);
    inside--;
    return 0;
}

/* What is there at the start is durable: all of it is synced, from the leaves up. */
static void seed(const char *path) {
    DIR *directory = opendir(path);
    if (!directory)
        give_up(path);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char child[PATH_MAX];
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(child, sizeof child, "%s/%s", path, entry->d_name) >= (int)sizeof child)
            give_up(path);
        if (lstat(child, &st) == 0 && S_ISDIR(st.st_mode)) {
            seed(child);
        } else if (S_ISREG(st.st_mode)) {
            int fd = open(child, O_RDONLY | O_CLOEXEC);
            if (fd < 0)
                give_up(child);
            make_durable(fd);
            close(fd);
        }
    }
    make_durable(dirfd(directory));
    closedir(directory);
}

static int open_part(const char *image, const char *part) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", image, part);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        give_up(path);
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        give_up(path);
    return fd;
}

void open_image(const char *image) {
    char link[PATH_MAX], target[64];
    struct stat st;
    inodes = open_part(image, "inodes");
    pins = open_part(image, "pins");
    snprintf(link, sizeof link, "%s/root", image);
    if (access(link, F_OK) == 0)
        return; /* an earlier process began it */
    seed(root);
    if (stat(root, &st) != 0)
        give_up(root);
    snprintf(target, sizeof target, "inodes/%lu", (unsigned long)st.st_ino);
    if (symlink(target, link) != 0)
        give_up(link);
}

bool has_image(void) {
    return inodes >= 0;
}
