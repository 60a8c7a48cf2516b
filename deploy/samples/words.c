#include <ctype.h>
#include <stdio.h>

/* Counts the words in a string. */
int count_words(const char *text) {
    int n = 0;
    int inside = 0;
    for (const char *p = text; *p; p++) {
        if (isspace((unsigned char)*p)) {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            n++;
        }
    }
    return n;
}

int main(void) {
    printf("%d\n", count_words("the quick brown fox"));
    return 0;
}
