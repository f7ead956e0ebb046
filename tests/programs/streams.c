/*
 * Says that it is ready, copies its input to its output, then says so on its
 * error stream and waits for a signal. A child of it keeps all three streams
 * open, as a daemon would.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char data[65536];
    ssize_t n;

    if (fork() == 0) {
        for (;;)
            pause();
    }
    printf("ringside ready\n");
    fflush(stdout);
    while ((n = read(0, data, sizeof(data))) > 0) {
        for (ssize_t done = 0; done < n;) {
            ssize_t written = write(1, data + done, (size_t)(n - done));

            if (written < 0)
                return 1;
            done += written;
        }
    }
    fprintf(stderr, "end of input\n");
    for (;;)
        pause();
}
