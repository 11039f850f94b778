/* base/sha256: the vectors of FIPS 180-4's examples and of NIST's CAVP, and pieces of every size. */
#include "base/sha256.h"
#include "unit.h"

#include <stdio.h>

static void check_digest(struct mote_sha256 *sha, const char *expected)
{
    uint8_t digest[MOTE_SHA256_BYTES];
    char text[2 * MOTE_SHA256_BYTES + 1];
    mote_sha256_end(sha, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    CHECK_TEXT(text, expected);
}

static void check_text(const char *text, const char *expected)
{
    struct mote_sha256 sha;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, text, strlen(text));
    check_digest(&sha, expected);
}

UNIT_TEST(test_sha256_gives_the_standard_digests)
{
    check_text("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_text("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_text("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
               "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

UNIT_TEST(test_sha256_takes_a_million_bytes)
{
    uint8_t piece[1000];
    memset(piece, 'a', sizeof piece);
    struct mote_sha256 sha;
    mote_sha256_init(&sha);
    for (unsigned i = 0; i < 1000; i++) {
        mote_sha256_add(&sha, piece, sizeof piece);
    }
    check_digest(&sha, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Every length around the ends of blocks, in two pieces cut anywhere, is what it is in one. */
UNIT_TEST(test_sha256_does_not_depend_on_the_pieces)
{
    uint8_t bytes[200];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    for (size_t size = 0; size <= 140; size++) {
        uint8_t whole[MOTE_SHA256_BYTES], pieces[MOTE_SHA256_BYTES];
        struct mote_sha256 sha;
        mote_sha256_init(&sha);
        mote_sha256_add(&sha, bytes + 1, size);
        mote_sha256_end(&sha, whole);
        for (size_t cut = 0; cut <= size; cut++) {
            mote_sha256_init(&sha);
            mote_sha256_add(&sha, bytes + 1, cut);
            mote_sha256_add(&sha, bytes + 1 + cut, size - cut);
            mote_sha256_end(&sha, pieces);
            REQUIRE(memcmp(whole, pieces, sizeof whole) == 0);
        }
    }
}
