/* Chooses the verb; the allocator and the files that all verbs share. */
#include "fault_driver.h"

#include <stdlib.h>
#include <string.h>

static void *resize(void *user, void *block, size_t old_size, size_t new_size)
{
    struct fault_account *account = user;
    if (new_size > old_size) {
        account->requests++;
        if (account->fail_from && account->requests >= account->fail_from && account->requests <= account->fail_until) {
            return NULL;
        }
    }
    account->bytes += new_size - old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    void *moved = malloc(new_size); /* always moves: a stale pointer is noticed by a sanitizer */
    if (!moved) {
        abort();
    }
    memset(moved, 0xA5, new_size);
    if (block) {
        memcpy(moved, block, old_size < new_size ? old_size : new_size);
        free(block);
    }
    return moved;
}

struct mote_allocator fault_allocator(struct fault_account *account)
{
    return (struct mote_allocator){resize, account};
}

bool fault_has_failed(const struct fault_account *account)
{
    return account->fail_from && account->requests >= account->fail_from;
}

static bool read_all(FILE *stream, struct fault_file *file)
{
    if (fseek(stream, 0, SEEK_END) != 0) {
        return false;
    }
    long size = ftell(stream);
    rewind(stream);
    file->size = size > 0 ? (size_t)size : 0;
    file->bytes = malloc(file->size + 1);
    return file->bytes && fread(file->bytes, 1, file->size, stream) == file->size;
}

bool fault_read_file(const char *argument, struct fault_file *file)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : 0;
    *file = (struct fault_file){.path = equals ? equals + 1 : argument};
    memcpy(file->name, argument, length < sizeof file->name ? length : 0);
    FILE *stream = fopen(file->path, "rb");
    bool is_read = stream && read_all(stream, file);
    if (stream) {
        fclose(stream);
    }
    if (!is_read) {
        fprintf(stderr, "%s: cannot be read\n", file->path);
    }
    return is_read;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int count, char **arguments);
    } verbs[] = {{"sweep", fault_sweep}, {"prefixes", fault_prefixes}, {"native", fault_native}, {"soak", fault_soak},
        {"store-cuts", fault_store_cuts}, {"store-use", fault_store_use}, {"store-updates", fault_store_updates},
        {"store-flips", fault_store_flips}, {"files-cuts", fault_files_cuts}};
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            return verbs[i].run(argc - 2, argv + 2);
        }
    }
    fprintf(stderr, "fault-driver: sweep [NAME=]FILE... | prefixes FILE... | native EXPECTED FILE... | soak CYCLES [NAME=]FILE...\n");
    return 2;
}
