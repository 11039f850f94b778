/* Directories: made, listed, read in pieces, emptied while they are read. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 250

static long result;
#define SHOW(call) (errno = 0, result = (long)(call), printf("%s: %ld%s%s\n", #call, result, errno ? " " : "", errno ? strerror(errno) : ""))

static void make_files(void)
{
    char name[40];
    SHOW(mkdir("/many", 0777));
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "/many/file-%03d", i);
        close(open(name, O_CREAT | O_WRONLY, 0666));
    }
}

static int is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void read_all(void)
{
    char seen[FILES] = {0};
    int others = 0, twice = 0, count = 0, zero = 0;
    DIR *dir = opendir("/many");
    for (struct dirent *entry; (entry = readdir(dir));) {
        zero += entry->d_ino == 0;
        if (is_dots(entry->d_name) || entry->d_type != DT_REG) {
            others++;
            continue;
        }
        int i = atoi(entry->d_name + 5);
        twice += seen[i];
        count += !seen[i];
        seen[i] = 1;
    }
    printf("files %d, twice %d, others %d, without number %d\n", count, twice, others, zero);
    long place = 0;
    char there[40] = "";
    rewinddir(dir);
    for (int i = 0; i < 120; i++) {
        struct dirent *entry = readdir(dir);
        if (i == 60) {
            place = telldir(dir);
        }
        if (i == 61) {
            strcpy(there, entry->d_name);
        }
    }
    seekdir(dir, place);
    printf("back: %s\n", strcmp(readdir(dir)->d_name, there) == 0 ? "the same" : "another");
    SHOW(closedir(dir));
}

static void empty_while_reading(void)
{
    int removed = 0;
    DIR *dir = opendir("/many");
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!is_dots(entry->d_name)) {
            removed += unlinkat(dirfd(dir), entry->d_name, 0) == 0;
        }
    }
    SHOW(closedir(dir));
    printf("removed %d\n", removed);
    SHOW(rmdir("/many"));
}

static void trees(void)
{
    struct stat status;
    struct dirent **list;
    SHOW(mkdir("/t", 0777));
    SHOW(mkdir("/t", 0777));
    SHOW(mkdir("/t/none/x", 0777));
    SHOW(mkdir("/t/one/", 0777));
    SHOW(mkdir("/t/one/two", 0777));
    SHOW(chdir("/t/one"));
    close(open("two/file", O_CREAT | O_WRONLY, 0666));
    SHOW(access("two/file", F_OK));
    SHOW(mkdir("two/file/x", 0777));
    SHOW(rmdir("/t"));
    SHOW(rmdir("two/file"));
    SHOW(unlink("two"));
    SHOW(rename("/t", "/t/one/t"));
    SHOW(rename("/t/one", "/t/moved"));
    SHOW(stat("/t/moved/two/file", &status));
    SHOW(stat("/t/moved/two", &status));
    printf("  mode %o\n", status.st_mode & S_IFMT);
    SHOW(mkdir("/t/empty", 0777));
    SHOW(rename("/t/moved", "/t/empty"));
    SHOW(rename("/t/empty/two/file", "/t/empty/two/"));
    SHOW(rename("/t/empty/two/file", "/t/empty"));
    SHOW(rename("/t/empty", "/t/empty/two/file"));
    SHOW(scandir("/t/empty/two", &list, NULL, alphasort));
    SHOW(symlink("file", "/t/link"));
    SHOW(link("/t/empty/two/file", "/t/link"));
    char target[10];
    SHOW(readlink("/t/empty/two/file", target, sizeof target));
    SHOW(readlink("/t/none", target, sizeof target));
    char *real = realpath("/t/empty/../empty/./two", NULL);
    printf("real: %s\n", real ? real : strerror(errno));
}

int main(void)
{
    make_files();
    read_all();
    empty_while_reading();
    trees();
    return 0;
}

/* prints:
mkdir("/many", 0777): 0
files 250, twice 0, others 2, without number 0
back: the same
closedir(dir): 0
closedir(dir): 0
removed 250
rmdir("/many"): 0
mkdir("/t", 0777): 0
mkdir("/t", 0777): -1 File exists
mkdir("/t/none/x", 0777): -1 No such file or directory
mkdir("/t/one/", 0777): 0
mkdir("/t/one/two", 0777): 0
chdir("/t/one"): 0
access("two/file", F_OK): 0
mkdir("two/file/x", 0777): -1 Not a directory
rmdir("/t"): -1 Directory not empty
rmdir("two/file"): -1 Not a directory
unlink("two"): -1 Is a directory
rename("/t", "/t/one/t"): -1 Invalid argument
rename("/t/one", "/t/moved"): 0
stat("/t/moved/two/file", &status): 0
stat("/t/moved/two", &status): 0
  mode 40000
mkdir("/t/empty", 0777): 0
rename("/t/moved", "/t/empty"): 0
rename("/t/empty/two/file", "/t/empty/two/"): -1 Not a directory
rename("/t/empty/two/file", "/t/empty"): -1 Is a directory
rename("/t/empty", "/t/empty/two/file"): -1 Invalid argument
scandir("/t/empty/two", &list, NULL, alphasort): 3
symlink("file", "/t/link"): -1 Not supported
link("/t/empty/two/file", "/t/link"): -1 Not supported
readlink("/t/empty/two/file", target, sizeof target): -1 Invalid argument
readlink("/t/none", target, sizeof target): -1 No such file or directory
real: /t/empty/two
*/
