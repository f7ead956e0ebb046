/*
 * What programs ask of a terminal; run in one by in-terminal.py. Puts it into
 * raw mode, reads one key, and leaves it so.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
    struct termios attributes;
    struct winsize size = {0};
    struct stat status;
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    int value = -1, terminal;
    char key = '-';

    SHOW(isatty(0) + isatty(1) + isatty(2));
    SHOW(fstat(0, &status));
    printf("character device %d\n", S_ISCHR(status.st_mode));
    SHOW(ttyname(0) != NULL);
    SHOW(ioctl(1, TIOCGWINSZ, &size));
    printf("%d rows, %d columns\n", size.ws_row, size.ws_col);
    SHOW(ioctl(1, TIOCGWINSZ, BAD));
    SHOW(tcgetpgrp(0) == getpgrp());
    SHOW(tcgetsid(0) == getsid(0));
    SHOW(tcgetattr(0, &attributes));
    printf("echo %d, lines %d\n", (attributes.c_lflag & ECHO) != 0,
           (attributes.c_lflag & ICANON) != 0);
    SHOW(ioctl(0, FIONREAD, &value));
    printf("waiting %d\n", value);
    SHOW(ioctl(0, 0x5fff, &value));
    SHOW(terminal = open("/dev/tty", O_RDWR) > 0);
    cfmakeraw(&attributes);
    attributes.c_oflag |= OPOST;
    SHOW(tcsetattr(0, TCSANOW, &attributes));
    SHOW(tcgetattr(0, &attributes));
    printf("echo %d, lines %d\n", (attributes.c_lflag & ECHO) != 0,
           (attributes.c_lflag & ICANON) != 0);
    SHOW(poll(&input, 1, 0));
    printf("type a key\n");
    SHOW(poll(&input, 1, -1));
    SHOW(read(0, &key, 1));
    printf("key %c\nend\n", key);
    return 3;
}
