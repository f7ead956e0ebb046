/*
 * What POSIX threads promise, one case at a time; run natively and as a
 * unikernel, the output and the status must be the same.
 *
 *   threads CASE...
 *
 * Each case prints only what does not depend on who runs first. No case needs
 * a second processor.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of <linux/futex.h> and <sched.h>, which not every libc has. */
enum {
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAKE_OP = 5,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_WAKE_BITSET = 10,
    FUTEX_CLOCK_REALTIME = 256,
    FUTEX_OP_ADD_5_IF_0 = 1 << 28 | 5 << 12,
    CLONE_THREAD_ALONE = 0x10000,
};

enum { MANY = 200, WORKERS = 8, ROUNDS = 500 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static long counter;

static void start(pthread_t *thread, void *(*function)(void *), void *argument)
{
    int code = pthread_create(thread, NULL, function, argument);

    if (code != 0) {
        printf("pthread_create: %s\n", strerror(code));
        exit(1);
    }
}

static long join(pthread_t thread)
{
    void *result = NULL;

    if (pthread_join(thread, &result) != 0)
        printf("pthread_join failed\n");
    return (long)result;
}

static void *square(void *argument)
{
    return (void *)((long)argument * (long)argument);
}

static void create_and_join(void)
{
    pthread_t threads[WORKERS];

    for (long i = 0; i < WORKERS; i++)
        start(&threads[i], square, (void *)i);
    for (int i = 0; i < WORKERS; i++)
        printf("%ld\n", join(threads[i]));
}

static void *increment(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        long read = counter;

        if (i % 50 == 0)
            sched_yield(); /* give a lost update its chance */
        counter = read + 1;
        pthread_mutex_unlock(&mutex);
    }
    return argument;
}

static void mutual_exclusion(void)
{
    pthread_t threads[WORKERS];

    counter = 0;
    for (int i = 0; i < WORKERS; i++)
        start(&threads[i], increment, NULL);
    for (int i = 0; i < WORKERS; i++)
        join(threads[i]);
    printf("%ld\n", counter);
}

static long turn;

static void *take_turns(void *argument)
{
    const long number = (long)argument;

    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % 4 != number)
            pthread_cond_wait(&condition, &mutex);
        printf("turn %ld of thread %ld\n", turn++, number);
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void condition_variables(void)
{
    struct timespec soon;
    pthread_t threads[4];

    turn = 0;
    for (long i = 0; i < 4; i++)
        start(&threads[i], take_turns, (void *)i);
    for (int i = 0; i < 4; i++)
        join(threads[i]);
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 3000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    printf("%s\n", strerror(pthread_cond_timedwait(&condition, &mutex, &soon)));
    pthread_mutex_unlock(&mutex);
}

static pthread_barrier_t barrier;

static void *meet(void *argument)
{
    long last = 0;

    for (int i = 0; i < 10; i++)
        last += pthread_barrier_wait(&barrier) != 0; /* the serial one */
    (void)argument;
    return (void *)last;
}

static void barriers(void)
{
    pthread_t threads[4];
    long serial = 0;

    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++)
        start(&threads[i], meet, NULL);
    for (int i = 0; i < 4; i++)
        serial += join(threads[i]);
    pthread_barrier_destroy(&barrier);
    printf("%ld\n", serial);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long shared[2];

static void *read_pairs(void *argument)
{
    long torn = 0;

    for (int i = 0; i < ROUNDS; i++) {
        pthread_rwlock_rdlock(&rwlock);
        long first = shared[0];

        if (i % 20 == 0)
            sched_yield();
        torn += first != shared[1];
        pthread_rwlock_unlock(&rwlock);
    }
    (void)argument;
    return (void *)torn;
}

static void *write_pairs(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_rwlock_wrlock(&rwlock);
        shared[0]++;
        if (i % 20 == 0)
            sched_yield();
        shared[1]++;
        pthread_rwlock_unlock(&rwlock);
    }
    return argument;
}

static void read_write_locks(void)
{
    pthread_t readers[2], writers[2];

    for (int i = 0; i < 2; i++) {
        start(&readers[i], read_pairs, NULL);
        start(&writers[i], write_pairs, NULL);
    }
    for (int i = 0; i < 2; i++) {
        printf("torn %ld\n", join(readers[i]));
        join(writers[i]);
    }
    printf("%ld %ld\n", shared[0], shared[1]);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int initialized;

static void initialize(void)
{
    initialized++;
    usleep(1000);
}

static void *run_once(void *argument)
{
    pthread_once(&once, initialize);
    (void)argument;
    return (void *)(long)initialized;
}

static void once_only(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        start(&threads[i], run_once, NULL);
    for (int i = 0; i < 4; i++)
        printf("%ld\n", join(threads[i]));
}

static __thread long local = 7;
static pthread_key_t key;
static atomic_long destroyed;

static void destroy(void *value)
{
    destroyed += (long)value;
}

static void *use_local(void *argument)
{
    local += (long)argument;
    pthread_setspecific(key, argument);
    sched_yield();
    return (void *)(local + (long)pthread_getspecific(key));
}

static void thread_local_storage(void)
{
    pthread_t threads[4];

    pthread_key_create(&key, destroy);
    for (long i = 0; i < 4; i++)
        start(&threads[i], use_local, (void *)((i + 1) * 100));
    for (int i = 0; i < 4; i++)
        printf("%ld\n", join(threads[i]));
    printf("%ld %ld\n", local, destroyed);
}

static void clean_up(void *argument)
{
    printf("cleaned up %s\n", (const char *)argument);
}

static void *sleep_long(void *argument)
{
    pthread_cleanup_push(clean_up, argument);
    sleep(1000);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *spin_cancellable(void *argument)
{
    int old;

    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    for (;;)
        __asm__ volatile("" ::: "memory");
    return argument;
}

static void unlock(void *argument)
{
    pthread_mutex_unlock(argument);
}

static void *wait_condition(void *argument)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    for (;;)
        pthread_cond_wait(&condition, &mutex);
    pthread_cleanup_pop(0);
    return argument;
}

static void cancellation(void)
{
    void *(*const functions[])(void *) = {sleep_long, spin_cancellable,
                                          wait_condition};

    for (int i = 0; i < 3; i++) {
        pthread_t thread;

        start(&thread, functions[i], "the sleeper");
        usleep(5000);
        pthread_cancel(thread);
        printf("%d\n", join(thread) == (long)PTHREAD_CANCELED);
    }
}

static sem_t items, space;
static int buffer[4];

static void *produce(void *argument)
{
    for (int i = 0; i < 100; i++) {
        sem_wait(&space);
        buffer[i % 4] = i;
        sem_post(&items);
    }
    return argument;
}

static void semaphores(void)
{
    struct timespec past = {0, 0};
    pthread_t producer;
    long sum = 0;

    sem_init(&items, 0, 0);
    sem_init(&space, 0, 4);
    start(&producer, produce, NULL);
    for (int i = 0; i < 100; i++) {
        sem_wait(&items);
        sum += buffer[i % 4] == i;
        sem_post(&space);
    }
    join(producer);
    printf("%ld in order\n", sum);
    printf("%d\n", sem_trywait(&items) == -1 && errno == EAGAIN);
    printf("%d\n", sem_timedwait(&items, &past) == -1 && errno == ETIMEDOUT);
}

static atomic_int ended;

static void *just_end(void *argument)
{
    ended++;
    return argument;
}

static void detached(void)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 50; i++) {
        pthread_t thread;

        while (pthread_create(&thread, &attributes, just_end, NULL) != 0)
            usleep(1000);
    }
    while (ended < 50)
        usleep(1000);
    printf("%d\n", ended);
}

static void *count_and_wait(void *argument)
{
    pthread_mutex_lock(&mutex);
    counter++;
    pthread_cond_broadcast(&condition);
    while (counter < MANY)
        pthread_cond_wait(&condition, &mutex);
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void many_threads(void)
{
    static pthread_t threads[MANY];
    pthread_attr_t attributes;

    counter = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    for (int i = 0; i < MANY; i++) {
        if (pthread_create(&threads[i], &attributes, count_and_wait, NULL) != 0)
            printf("no thread %d\n", i);
    }
    for (int i = 0; i < MANY; i++)
        join(threads[i]);
    printf("%ld\n", counter);
}

static volatile int flag;

static void *set_flag(void *argument)
{
    flag = 1;
    return argument;
}

static void spin_without_yield(void)
{
    pthread_t thread;

    start(&thread, set_flag, NULL);
    while (!flag)
        continue;
    join(thread);
    printf("seen\n");
}

static double sums[3];

static void *compute(void *argument)
{
    const long number = (long)argument;
    double sum = (double)number, step = 1.0 / (double)(1 + number);

    for (int i = 0; i < 3000000; i++)
        sum = sum * 0.999999 + step;
    sums[number] = sum;
    return NULL;
}

/* Each thread's sums stay in its vector registers while others run. */
static void vector_state(void)
{
    pthread_t threads[3];

    for (long i = 0; i < 3; i++)
        start(&threads[i], compute, (void *)i);
    for (int i = 0; i < 3; i++) {
        join(threads[i]);
        printf("%.17g\n", sums[i]);
    }
}

static long futex(uint32_t *word, int operation, uint32_t value,
                  const struct timespec *timeout, uint32_t *second,
                  uint32_t third)
{
    long result =
        syscall(SYS_futex, word, operation, value, timeout, second, third);

    return result < 0 ? -errno : result;
}

static uint32_t words[2];

static void *wait_at_first(void *argument)
{
    return (void *)futex(&words[0], FUTEX_WAIT_BITSET, 0, NULL, NULL,
                         (uint32_t)(long)argument);
}

static void futex_calls(void)
{
    const struct timespec brief = {0, 2000000}, past = {0, 1},
                          wrong = {0, 1000000000};
    const struct timespec *two = (const struct timespec *)2;
    pthread_t threads[4];

    printf("%ld\n", futex(&words[0], FUTEX_WAIT, 1, NULL, NULL, 0));
    printf("%ld\n", futex(&words[0], FUTEX_WAIT, 0, &brief, NULL, 0));
    printf("%ld\n", futex(&words[0], FUTEX_WAIT, 0, &wrong, NULL, 0));
    printf("%ld\n", futex(&words[0], FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
    printf("%ld\n", futex(&words[0], FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME,
                          0, &past, NULL, 1));
    printf("%ld\n", futex(&words[0], FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
    printf("%ld\n", futex((uint32_t *)1, FUTEX_WAIT, 0, NULL, NULL, 0));
    printf("%ld\n", futex((uint32_t *)8, FUTEX_WAIT, 0, NULL, NULL, 0));
    printf("%ld\n", futex(&words[0], FUTEX_WAKE, 1, NULL, NULL, 0));
    printf("%ld\n", futex(&words[0], 99, 0, NULL, NULL, 0));
    for (long i = 0; i < 4; i++)
        start(&threads[i], wait_at_first, (void *)(1L << i));
    usleep(20000);
    printf("%ld\n", futex(&words[0], FUTEX_WAKE_BITSET, 9, NULL, NULL, 4));
    printf("%ld\n", futex(&words[0], FUTEX_CMP_REQUEUE, 1, two, &words[1], 1));
    printf("%ld\n", futex(&words[0], FUTEX_CMP_REQUEUE, 1, two, &words[1], 0));
    printf("%ld\n", futex(&words[0], FUTEX_WAKE, 9, NULL, NULL, 0));
    printf("%ld\n", futex(&words[1], FUTEX_WAKE, 9, NULL, NULL, 0));
    for (int i = 0; i < 4; i++)
        printf("joined %ld\n", join(threads[i]));
    printf("%ld\n", futex(&words[0], FUTEX_WAKE_OP, 1, (void *)1, &words[1],
                          FUTEX_OP_ADD_5_IF_0));
    printf("%u\n", words[1]);
}

static pthread_mutex_t robust;

static void *die_holding(void *argument)
{
    pthread_mutex_lock(&robust);
    return argument;
}

static void robust_mutexes(void)
{
    pthread_mutexattr_t attributes;
    pthread_t thread;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    start(&thread, die_holding, NULL);
    join(thread);
    printf("%d\n", pthread_mutex_lock(&robust) == EOWNERDEAD);
    printf("%d\n", pthread_mutex_consistent(&robust));
    printf("%d\n", pthread_mutex_unlock(&robust));
}

static void *outlive(void *argument)
{
    usleep(5000);
    printf("the last thread\n");
    fflush(stdout);
    return argument;
}

static void main_ends_first(void)
{
    pthread_t thread;

    start(&thread, outlive, NULL);
    pthread_exit(NULL);
}

static void *end_process(void *argument)
{
    fflush(stdout);
    _exit((int)(long)argument);
}

static void thread_ends_process(void)
{
    pthread_t thread;

    printf("before\n");
    start(&thread, end_process, (void *)9);
    for (;;)
        pause();
}

static void *own_id(void *argument)
{
    (void)argument;
    return (void *)(long)(syscall(SYS_gettid) != getpid());
}

static void identity(void)
{
    pthread_t thread;

    printf("%d\n", syscall(SYS_gettid) == getpid());
    start(&thread, own_id, NULL);
    printf("%ld\n", join(thread));
    printf("%d %d\n", sched_get_priority_min(SCHED_OTHER),
           sched_get_priority_max(SCHED_RR));
    printf("%d\n", sched_getscheduler(0));
    printf("%ld\n", syscall(SYS_clone, CLONE_THREAD_ALONE, 0L, 0L, 0L, 0L));
    printf("%d\n", errno);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"create-and-join", create_and_join},
    {"mutual-exclusion", mutual_exclusion},
    {"condition-variables", condition_variables},
    {"barriers", barriers},
    {"read-write-locks", read_write_locks},
    {"once", once_only},
    {"thread-local-storage", thread_local_storage},
    {"cancellation", cancellation},
    {"semaphores", semaphores},
    {"detached", detached},
    {"many-threads", many_threads},
    {"spin-without-yield", spin_without_yield},
    {"vector-state", vector_state},
    {"futex-calls", futex_calls},
    {"robust-mutexes", robust_mutexes},
    {"identity", identity},
    {"main-ends-first", main_ends_first},
    {"thread-ends-process", thread_ends_process},
};

int main(int argc, char **argv)
{
    const size_t count = sizeof(cases) / sizeof(cases[0]);

    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    for (int i = 1; i < argc; i++) {
        size_t at = 0;

        while (at < count && strcmp(cases[at].name, argv[i]) != 0)
            at++;
        if (at == count)
            return 2;
        printf("%s:\n", argv[i]);
        cases[at].run();
    }
    return argc == 1 ? 2 : 0;
}
