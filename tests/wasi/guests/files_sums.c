/* Size and checksum of each file that is named. */
#include <stdio.h>

int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        unsigned sum = 0, size = 0;
        FILE *file = fopen(paths[i], "rb");
        if (!file) {
            perror(paths[i]);
            return 1;
        }
        for (int c; (c = getc(file)) != EOF; size++) {
            sum = sum * 31 + (unsigned)c;
        }
        fclose(file);
        printf("%s %u %08x\n", paths[i], size, sum);
    }
    return 0;
}
