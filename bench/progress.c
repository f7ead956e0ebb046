/* Progress; see progress.h for the contract. */
#include "bench/progress.h"

#include "bench/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };

/* Drawing takes processor time; five times a second is often enough. */
#define REDRAW_NS (200 * NS_PER_MS)

void progress_start(struct progress *progress, FILE *stream, bool quiet,
                    int64_t blocks, int64_t total)
{
    const char *term = getenv("TERM");

    *progress = (struct progress){
        .stream = quiet ? NULL : stream,
        .terminal =
            isatty(fileno(stream)) && term != NULL && strcmp(term, "dumb") != 0,
        .started_at = clock_now(),
        .blocks = blocks,
        .total = total,
    };
}

int64_t progress_left_ns(const struct progress *progress, int64_t now)
{
    if (progress->done == 0)
        return -1;
    return (int64_t)((double)(now - progress->started_at) /
                     (double)progress->done *
                     (double)(progress->total - progress->done));
}

void progress_text(int64_t ns, char *text, size_t size)
{
    long long seconds = (ns + NS_PER_SECOND / 2) / NS_PER_SECOND;

    if (ns < 0)
        snprintf(text, size, "?");
    else if (seconds >= 60)
        snprintf(text, size, "%lld min %lld s", seconds / 60, seconds % 60);
    else
        snprintf(text, size, "%lld s", seconds);
}

void progress_block(struct progress *progress, int64_t block)
{
    char left[32];

    progress->block = block;
    if (progress->stream == NULL || progress->terminal)
        return;
    progress_text(progress_left_ns(progress, clock_now()), left, sizeof(left));
    if (block == 0)
        fprintf(progress->stream, "warm-up (not recorded)\n");
    else if (progress->done == 0)
        fprintf(progress->stream, "block %lld of %lld\n", (long long)block,
                (long long)progress->blocks);
    else
        fprintf(progress->stream, "block %lld of %lld, %s left\n",
                (long long)block, (long long)progress->blocks, left);
    fflush(progress->stream);
}

static void draw(const struct progress *progress, int64_t now,
                 const char *platform, const char *workload)
{
    int64_t total = progress->total > 0 ? progress->total : 1;
    int filled = (int)(progress->done * BAR_WIDTH / total);
    char bar[BAR_WIDTH + 1], left[32];

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[BAR_WIDTH] = '\0';
    progress_text(progress_left_ns(progress, now), left, sizeof(left));
    if (progress->block == 0)
        fprintf(progress->stream, "\r[%s] warm-up  %s %s\033[K", bar, platform,
                workload);
    else
        fprintf(progress->stream,
                "\r[%s] %3d %%  block %lld/%lld  %s left  %s %s\033[K", bar,
                (int)(progress->done * 100 / total), (long long)progress->block,
                (long long)progress->blocks, left, platform, workload);
    fflush(progress->stream);
}

void progress_run(struct progress *progress, const char *platform,
                  const char *workload)
{
    int64_t now = clock_now();

    if (progress->stream == NULL || !progress->terminal ||
        now - progress->drawn_at < REDRAW_NS)
        return;
    progress->drawn_at = now;
    draw(progress, now, platform, workload);
}

void progress_done(struct progress *progress)
{
    progress->done++;
}

void progress_end(struct progress *progress)
{
    if (progress->stream == NULL || !progress->terminal)
        return;
    fprintf(progress->stream, "\r\033[K");
    fflush(progress->stream);
}
