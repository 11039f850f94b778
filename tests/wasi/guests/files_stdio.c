/* Files as the C library has them: text, records, appending, temporary names; leaves files behind that are looked at from outside. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void copy(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    int c;
    while ((c = getc(in)) != EOF) {
        putc(c, out);
    }
    printf("copied: %d %d\n", fclose(in), fclose(out));
}

static void text(void)
{
    char line[100];
    int number;
    FILE *file = fopen("notes.txt", "w");
    for (int i = 1; i <= 300; i++) {
        fprintf(file, "line %d\n", i);
    }
    printf("written: %ld %d\n", ftell(file), fclose(file));
    file = fopen("/notes.txt", "r+");
    printf("scanned: %d", fscanf(file, "line %d", &number));
    printf(" %d\n", number);
    fseek(file, -9, SEEK_END);
    printf("last: %s", fgets(line, sizeof line, file));
    printf("end: %d %d\n", fgetc(file), feof(file));
    rewind(file);
    fputs("LINE", file);
    fclose(file);
    file = fopen("notes.txt", "a+");
    fputs("appended\n", file);
    fseek(file, 0, SEEK_SET);
    printf("first: %s", fgets(line, sizeof line, file));
    printf("closed: %d\n", fclose(file));
}

static void records(void)
{
    struct record {
        int number;
        char text[28];
    } record = {0};
    FILE *file = fopen("records", "w+b");
    for (int i = 0; i < 1000; i++) {
        record.number = i;
        fwrite(&record, sizeof record, 1, file);
    }
    for (int i = 999; i >= 0; i -= 111) { /* from the end on, each changed where it is */
        fseek(file, (long)(i * sizeof record), SEEK_SET);
        fread(&record, sizeof record, 1, file);
        snprintf(record.text, sizeof record.text, "number %d", record.number);
        fseek(file, (long)(i * sizeof record), SEEK_SET);
        fwrite(&record, sizeof record, 1, file);
    }
    fseek(file, 333 * sizeof record, SEEK_SET);
    printf("record: %zu", fread(&record, sizeof record, 1, file));
    printf(" %d %s\n", record.number, record.text);
    printf("closed: %d\n", fclose(file));
}

int main(void)
{
    text();
    records();
    mkdir("/copies", 0777);
    copy("records", "copies/records");
    copy("notes.txt", "copies/./../copies//notes.txt");
    printf("renamed: %d\n", rename("copies/notes.txt", "moved.txt"));
    printf("again: %d %s\n", rename("copies/notes.txt", "moved.txt"), strerror(errno));
    printf("removed: %d %d\n", remove("records"), remove("copies"));
    printf("why: %s\n", strerror(errno));
    printf("none: %p\n", (void *)fopen("/nowhere/x", "w"));
    FILE *left_open = fopen("left-open", "w");
    fputs("never closed by the program", left_open);
    return 0;
}

/* prints:
written: 2592 0
scanned: 1 1
last: line 300
end: -1 1
first: LINE 1
closed: 0
record: 1 333 number 333
closed: 0
copied: 0 0
copied: 0 0
renamed: 0
again: -1 No such file or directory
removed: 0 -1
why: Directory not empty
none: 0
*/
