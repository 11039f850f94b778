/* Commands of the console about files. Nothing stays open between two pages, so that a command can be given up at any time. */
#include "base/bits.h"
#include "shell/command.h"
#include "shell/file_path.h"

static bool check(struct mote_job *job, struct mote_text *page, enum mote_errno error)
{
    return error != MOTE_ERRNO_SUCCESS && mote_job_fail(job, page, job->argv[job->argc - 1], mote_file_error(error).text);
}

/* The path that a command is about into `path`; false when there is none, which is said. */
static bool take_path(struct mote_job *job, struct mote_text *page, char path[MOTE_FILE_PATH_BYTES])
{
    const char *text = job->argc > 1 ? job->argv[1] : "/";
    bool is_path = mote_file_path(text, mote_string_length(text), path);
    enum mote_errno error = mote_file_check(job->files);
    error = error == MOTE_ERRNO_SUCCESS && !is_path ? MOTE_ERRNO_INVAL : error;
    check(job, page, error);
    return error == MOTE_ERRNO_SUCCESS;
}

/* Entry `i` of a directory; false past the last. */
static bool find_entry(struct mote_vfs *files, struct mote_vfs_dir *dir, uint32_t i, struct mote_vfs_entry *entry)
{
    do {
        if (!files->ops->next(files, dir, entry)) {
            return false;
        }
    } while (i-- > 0);
    return true;
}

static bool list_files(struct mote_job *job, struct mote_text *page)
{
    char path[MOTE_FILE_PATH_BYTES];
    struct mote_vfs_dir *dir;
    if (!take_path(job, page, path)) {
        return false;
    }
    enum mote_errno error = job->files->ops->open_dir(job->files, path, &dir);
    if (error != MOTE_ERRNO_SUCCESS) {
        return check(job, page, error);
    }
    struct mote_vfs_entry entry;
    bool is_there = find_entry(job->files, dir, job->round, &entry);
    job->files->ops->close_dir(job->files, dir);
    if (is_there) {
        bool is_dir = entry.stat.kind == MOTE_VFS_DIR;
        mote_text_format(page, "%8u %s%s\n", is_dir ? 0 : entry.stat.size_bytes, entry.name, is_dir ? "/" : "");
    }
    return is_there;
}

static bool print_file(struct mote_job *job, struct mote_text *page)
{
    char path[MOTE_FILE_PATH_BYTES];
    struct mote_vfs_file *file;
    if (!take_path(job, page, path)) {
        return false;
    }
    enum mote_errno error = job->files->ops->open(job->files, path, MOTE_VFS_READ, &file);
    uint32_t count = 0;
    if (error == MOTE_ERRNO_SUCCESS) {
        error = job->files->ops->read(job->files, file, job->at, page->at, (uint32_t)(page->end - page->at), &count);
        job->files->ops->close(job->files, file);
    }
    page->at += count;
    job->at += count;
    return error == MOTE_ERRNO_SUCCESS ? count > 0 : check(job, page, error);
}

static bool remove_file(struct mote_job *job, struct mote_text *page)
{
    char path[MOTE_FILE_PATH_BYTES];
    return take_path(job, page, path) && check(job, page, mote_file_remove(job->files, path));
}

static bool make_directory(struct mote_job *job, struct mote_text *page)
{
    char path[MOTE_FILE_PATH_BYTES];
    return take_path(job, page, path) && check(job, page, job->files->ops->make_dir(job->files, path));
}

/* The word is there so that nobody types this by mistake. */
static bool format(struct mote_job *job, struct mote_text *page)
{
    bool has_files = mote_file_check(job->files) != MOTE_ERRNO_NODEV;
    bool is_meant = mote_string_length(job->argv[1]) == 3 && memcmp(job->argv[1], "yes", 3) == 0;
    if (!has_files || !is_meant) {
        return check(job, page, has_files ? MOTE_ERRNO_CANCELED : MOTE_ERRNO_NODEV);
    }
    job->wants_reset = MOTE_WANTS_FORMAT;
    return false;
}

static const struct mote_command commands[] = {
    {"files", "[DIR]", "files in a directory", 0, 1, list_files},
    {"cat", "FILE", "prints a file", 1, 1, print_file},
    {"del", "FILE", "removes a file or an empty directory", 1, 1, remove_file},
    {"format", "yes", "empties the file system", 1, 1, format},
    {"mkdir", "DIR", "makes a directory", 1, 1, make_directory},
};

const struct mote_command_group mote_commands_files = {commands, MOTE_COUNT(commands)};
