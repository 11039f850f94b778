/* littlefs itself, from the package that site_scons/packages.json names, with our littlefs_config.h around it; and what vfs_littlefs.c wants to
   know that littlefs does not tell. The code is its authors', so are its habits that our warnings complain about. */
#include "host/wasi/littlefs.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#include "lfs.c"
#pragma GCC diagnostic pop

lfs_file_t *mote_littlefs_find_open(lfs_t *lfs, const char *path)
{
    lfs_mdir_t dir;
    lfs_stag_t tag = lfs->mlist ? lfs_dir_find(lfs, &dir, &path, NULL) : LFS_ERR_NOENT;
    for (struct lfs_mlist *open = tag < 0 ? NULL : lfs->mlist; open; open = open->next) {
        if (open->type == LFS_TYPE_REG && open->id == lfs_tag_id(tag) && lfs_pair_cmp(open->m.pair, dir.pair) == 0) {
            return (lfs_file_t *)open;
        }
    }
    return NULL;
}

bool mote_littlefs_is_read(lfs_t *lfs, const char *path)
{
    lfs_dir_t dir;
    bool is_found = false;
    if (lfs->mlist && lfs_dir_open(lfs, &dir, path) == LFS_ERR_OK) {
        for (const lfs_dir_t *open = dir.next; open; open = open->next) { /* files are in the list as well, with the same first members */
            is_found |= open->type == LFS_TYPE_DIR && lfs_pair_cmp(open->head, dir.head) == 0;
        }
        lfs_dir_close(lfs, &dir);
    }
    return is_found;
}

/* A move between two directories takes two commits. While only the first is made, littlefs 2.11 hides the entry behind the moved one as well
   (lfs_dir_getslice counts it as the moved one): it cannot be read, and a scan for free blocks takes its blocks for free. So nobody reads, and no scan
   happens, while a move is pending. */

/* Looks for free blocks, a window of the flash at a time, until enough for any rename are known; no others will be looked for. */
static int limit_to_known_blocks(lfs_t *lfs)
{
    const lfs_block_t enough = 8;
    lfs_block_t free_blocks = 0;
    for (lfs_block_t seen = 0; seen < lfs->block_count && free_blocks < enough; seen += lfs->lookahead.size) {
        lfs->lookahead.next = lfs->lookahead.size;
        lfs_alloc_ckpoint(lfs);
        int error = lfs_alloc_scan(lfs);
        if (error) {
            return error;
        }
        free_blocks = lfs->lookahead.size;
        for (lfs_block_t i = 0; i < (lfs->lookahead.size + 7) / 8; i++) {
            free_blocks -= lfs_min(lfs_popc(lfs->lookahead.buffer[i]), free_blocks);
        }
    }
    lfs->lookahead.ckpoint = lfs->lookahead.size;
    return LFS_ERR_OK;
}

int mote_littlefs_rename(lfs_t *lfs, const char *from, const char *to)
{
    int error = lfs_fs_mkconsistent(lfs);
    if (error == LFS_ERR_OK) {
        error = limit_to_known_blocks(lfs);
    }
    if (error == LFS_ERR_OK) {
        error = lfs_rename(lfs, from, to);
    }
    lfs_alloc_ckpoint(lfs);
    return error;
}

void mote_littlefs_end_move(lfs_t *lfs)
{
    lfs->lookahead.ckpoint = 0; /* there are no free blocks for now */
    lfs_fs_mkconsistent(lfs);   /* an error comes again with the next write */
    lfs_alloc_ckpoint(lfs);
}
