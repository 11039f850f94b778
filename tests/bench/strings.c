/* strings: byte by byte work on text, written out instead of taken from the C library.
 *
 * Stresses: i32.load8_u and i32.store8, loops of three or four instructions with a byte compare at the
 * end, pointer increments, calls with pointers. The library's routines are avoided because natively
 * they are hand-written vector code, which says nothing about an engine.
 * Parts: search of words in a text, tokenising with a count per word length, reversal of words and of
 * the whole text, upper and lower case, decimal numbers to text and back. */
#include "bench.h"

#define TEXT 4096u
#define WORDS 12u

static const char *const words[WORDS] = {"flash", "sensor", "a",     "module", "of",   "interrupt",
                                         "the",   "board",  "slot", "trap",   "zebra", "watchdog"};
static char text[TEXT + 1];

static uint32_t length(const char *s)
{
    const char *end = s;
    while (*end != '\0') {
        end++;
    }
    return (uint32_t)(end - s);
}

/* Random words with single blanks between them, ended by a zero. */
static void write_text(uint32_t *random)
{
    uint32_t at = 0;
    for (;;) {
        const char *word = words[bench_random(random) % WORDS];
        if (at + length(word) + 1 > TEXT) {
            break;
        }
        while (*word != '\0') {
            text[at++] = *word++;
        }
        text[at++] = ' ';
    }
    text[at] = '\0';
}

static const char *find(const char *in, const char *what)
{
    for (; *in != '\0'; in++) {
        const char *a = in, *b = what;
        while (*b != '\0' && *a == *b) {
            a++;
            b++;
        }
        if (*b == '\0') {
            return in;
        }
    }
    return NULL;
}

static uint32_t count_word(const char *word)
{
    uint32_t found = 0;
    for (const char *at = find(text, word); at != NULL; at = find(at + 1, word)) {
        found++;
    }
    return found;
}

static void reverse(char *first, char *last)
{
    while (first < last) {
        char kept = *first;
        *first++ = *last;
        *last-- = kept;
    }
}

/* Reverses each word in place; returns a checksum of the words' lengths and first letters. */
static uint32_t reverse_words(void)
{
    uint32_t checksum = 0;
    char *at = text;
    while (*at != '\0') {
        char *start = at;
        while (*at != ' ' && *at != '\0') {
            at++;
        }
        checksum = checksum * 31 + (uint32_t)(at - start) + (uint8_t)*start;
        if (at > start) {
            reverse(start, at - 1);
        }
        while (*at == ' ') {
            at++;
        }
    }
    return checksum;
}

static void change_case(void)
{
    for (char *at = text; *at != '\0'; at++) {
        if ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')) {
            *at ^= 0x20;
        }
    }
}

static uint32_t write_decimal(char *out, uint32_t n)
{
    uint32_t digits = 0;
    do {
        out[digits++] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    out[digits] = '\0';
    reverse(out, out + digits - 1);
    return digits;
}

static uint32_t read_decimal(const char *in)
{
    uint32_t n = 0;
    while (*in >= '0' && *in <= '9') {
        n = n * 10 + (uint32_t)(*in++ - '0');
    }
    return n;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 700);
    uint32_t random = 675248u;
    uint32_t checksum = 2166136261u;
    char number[16];
    for (uint32_t unit = 0; unit < work; unit++) {
        write_text(&random);
        for (uint32_t i = 0; i < 4; i++) {
            checksum = bench_mix(checksum, count_word(words[(unit + i * 3) % WORDS]));
        }
        checksum = bench_mix(checksum, reverse_words());
        reverse(text, text + length(text) - 1);
        change_case();
        checksum = bench_mix(checksum, reverse_words());
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t digits = write_decimal(number, bench_random(&random));
            checksum = bench_mix(checksum, read_decimal(number) + digits);
        }
    }
    return bench_report("strings", work, checksum);
}
