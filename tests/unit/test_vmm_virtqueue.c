/* Virtqueues: what an honest driver gets, and that no other gets out. */
#include "virtio_driver.h"

#include <errno.h>
#include <stdlib.h>

enum {
    SIZE = 8,
    DESCRIPTORS = 0x1000,
    AVAILABLE = 0x2000,
    USED = 0x3000,
    INDIRECT = 0x4000,
    DATA = 0x8000,
    ITERATIONS = 20000,
};

static struct guest_memory memory;
static struct virtqueue queue;
static struct virtqueue_chain chain;

static void *at(uint64_t address)
{
    return memory.host + address;
}

static struct vring_desc *descriptor(unsigned int index)
{
    return (struct vring_desc *)at(DESCRIPTORS) + index;
}

static struct vring_avail *available(void)
{
    return at(AVAILABLE);
}

static struct vring_used *used(void)
{
    return at(USED);
}

static int create(void **state)
{
    (void)state;
    driver_memory_create(&memory);
    queue = (struct virtqueue){.memory = &memory,
                               .size_max = VIRTQUEUE_SIZE_MAX,
                               .size = SIZE,
                               .descriptors = {DESCRIPTORS},
                               .available = {AVAILABLE},
                               .used = {USED},
                               .indirect = true};
    return virtqueue_enable(&queue);
}

static int release(void **state)
{
    (void)state;
    driver_memory_release(&memory);
    return 0;
}

/* Makes the chain that begins at head available. */
static void offer(uint16_t head)
{
    available()->ring[available()->idx % SIZE] = head;
    available()->idx++;
}

static void describe(unsigned int index, uint64_t address, uint32_t length,
                     unsigned int flags, uint16_t next)
{
    *descriptor(index) = (struct vring_desc){
        .addr = address, .len = length, .flags = (uint16_t)flags, .next = next};
}

static void empty_queue_gives_nothing(void **state)
{
    (void)state;
    assert_int_equal(virtqueue_pop(&queue, &chain), 0);
    queue.ready = false;
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 0);
}

static void chain_is_readable_then_writable(void **state)
{
    (void)state;
    describe(3, DATA, 16, VRING_DESC_F_NEXT, 1);
    describe(1, DATA + 100, 0, VRING_DESC_F_NEXT, 0);
    describe(0, DATA + 200, 32, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 7);
    describe(7, DATA + 300, 1, VRING_DESC_F_WRITE, 0);
    offer(3);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(chain.head, 3);
    assert_int_equal(chain.readable.count, 1);
    assert_int_equal(chain.readable.size, 16);
    assert_ptr_equal(chain.readable.first[0].iov_base, at(DATA));
    assert_int_equal(chain.writable.count, 2);
    assert_int_equal(chain.writable.size, 33);
    assert_ptr_equal(chain.writable.first[1].iov_base, at(DATA + 300));
    virtqueue_push(&queue, &chain, 33);
    assert_int_equal(used()->idx, 1);
    assert_int_equal(used()->ring[0].id, 3);
    assert_int_equal(used()->ring[0].len, 33);
    assert_int_equal(virtqueue_pop(&queue, &chain), 0);
}

static void indirect_table_is_followed(void **state)
{
    struct vring_desc *table = at(INDIRECT);

    (void)state;
    table[0] = (struct vring_desc){
        .addr = DATA, .len = 4, .flags = VRING_DESC_F_NEXT, .next = 2};
    table[2] = (struct vring_desc){
        .addr = DATA + 64, .len = 8, .flags = VRING_DESC_F_WRITE};
    describe(5, INDIRECT, 3 * sizeof(*table), VRING_DESC_F_INDIRECT, 0);
    offer(5);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(chain.head, 5);
    assert_int_equal(chain.readable.size, 4);
    assert_int_equal(chain.writable.size, 8);
}

static void queue_goes_round_many_times(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 70000; i++) {
        uint16_t head = (uint16_t)(i % SIZE);

        describe(head, DATA, 1 + head, 0, 0);
        offer(head);
        assert_int_equal(virtqueue_pop(&queue, &chain), 1);
        assert_int_equal(chain.head, head);
        assert_int_equal(chain.readable.size, 1 + head);
        virtqueue_push(&queue, &chain, 0);
        assert_int_equal(used()->idx, (uint16_t)(i + 1));
        assert_true(virtqueue_needs_notification(&queue));
    }
}

static void popped_chain_can_be_taken_back(void **state)
{
    (void)state;
    describe(2, DATA, 5, 0, 0);
    offer(2);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    virtqueue_unpop(&queue);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(chain.head, 2);
    assert_int_equal(chain.readable.size, 5);
}

static void driver_can_do_without_interrupts(void **state)
{
    (void)state;
    available()->flags = VRING_AVAIL_F_NO_INTERRUPT;
    describe(0, DATA, 1, 0, 0);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_false(virtqueue_needs_notification(&queue));
    virtqueue_push(&queue, &chain, 0);
    assert_false(virtqueue_needs_notification(&queue));
}

/* used_event and avail_event (2.7.7, 2.7.10) lie behind the rings. */
static void event_index_names_the_entry_to_tell_of(void **state)
{
    uint16_t *used_event = &available()->ring[SIZE];
    uint16_t *available_event = (uint16_t *)&used()->ring[SIZE];

    (void)state;
    queue.event_index = true;
    *used_event = 1;
    describe(0, DATA, 1, 0, 0);
    for (unsigned int i = 0; i < 3; i++) {
        offer(0);
        assert_int_equal(virtqueue_pop(&queue, &chain), 1);
        virtqueue_push(&queue, &chain, 0);
        assert_int_equal(virtqueue_needs_notification(&queue), i == 1);
    }
    assert_int_equal(*available_event, 0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 0);
    assert_int_equal(*available_event, 3);
}

/* Each row is a ring that no honest driver makes. */
static void hostile_chains_break_the_queue(void **state)
{
    const unsigned int next = VRING_DESC_F_NEXT, write = VRING_DESC_F_WRITE,
                       indirect = VRING_DESC_F_INDIRECT;
    const uint64_t end = DRIVER_MEMORY_SIZE;
    const struct {
        const char *what;
        struct vring_desc table[3]; /* descriptors 0 to 2 */
        uint16_t head;
        struct vring_desc indirect[2];
    } cases[] = {
        {.what = "a head outside the table", .head = SIZE},
        {.what = "the last possible head", .head = UINT16_MAX},
        {.what = "a next outside the table",
         .table = {{DATA, 1, (uint16_t)next, SIZE}}},
        {.what = "a loop of one", .table = {{DATA, 1, (uint16_t)next, 0}}},
        {.what = "a loop of two",
         .table = {{DATA, 1, (uint16_t)next, 1}, {DATA, 1, (uint16_t)next, 0}}},
        {.what = "a loop of nothing", .table = {{DATA, 0, (uint16_t)next, 0}}},
        {.what = "a byte past the end", .table = {{end, 1, 0, 0}}},
        {.what = "a length past the end", .table = {{end - 4, 5, 0, 0}}},
        {.what = "an address that wraps", .table = {{UINT64_MAX, 2, 0, 0}}},
        {.what = "an address of 2^63", .table = {{1ull << 63, 1, 0, 0}}},
        {.what = "a huge length", .table = {{DATA, UINT32_MAX, 0, 0}}},
        {.what = "nothing, but outside", .table = {{end + 1, 0, 0, 0}}},
        {.what = "readable after writable",
         .table = {{DATA, 1, (uint16_t)(next | write), 1}, {DATA, 1, 0, 0}}},
        {.what = "indirect of no size",
         .table = {{INDIRECT, 0, (uint16_t)indirect, 0}}},
        {.what = "indirect of an odd size",
         .table = {{INDIRECT, 17, (uint16_t)indirect, 0}}},
        {.what = "indirect with a next",
         .table = {{INDIRECT, 16, (uint16_t)(indirect | next), 1}},
         .indirect = {{DATA, 1, 0, 0}}},
        {.what = "indirect table past the end",
         .table = {{end - 16, 32, (uint16_t)indirect, 0}}},
        {.what = "indirect table that wraps",
         .table = {{UINT64_MAX - 15, 32, (uint16_t)indirect, 0}}},
        {.what = "indirect within indirect",
         .table = {{INDIRECT, 32, (uint16_t)indirect, 0}},
         .indirect = {{INDIRECT, 16, (uint16_t)indirect, 0}}},
        {.what = "indirect within indirect, later",
         .table = {{INDIRECT, 32, (uint16_t)indirect, 0}},
         .indirect = {{DATA, 1, (uint16_t)next, 1},
                      {INDIRECT, 16, (uint16_t)indirect, 0}}},
        {.what = "an indirect next outside its table",
         .table = {{INDIRECT, 32, (uint16_t)indirect, 0}},
         .indirect = {{DATA, 1, (uint16_t)next, 2}}},
        {.what = "a loop in an indirect table",
         .table = {{INDIRECT, 32, (uint16_t)indirect, 0}},
         .indirect = {{DATA, 1, (uint16_t)next, 1},
                      {DATA, 1, (uint16_t)next, 0}}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(create(state), 0);
        memcpy(at(DESCRIPTORS), cases[i].table, sizeof(cases[i].table));
        memcpy(at(INDIRECT), cases[i].indirect, sizeof(cases[i].indirect));
        offer(cases[i].head);
        if (virtqueue_pop(&queue, &chain) != -EPROTO)
            fail_msg("%s was let through", cases[i].what);
        describe(0, DATA, 1, 0, 0);
        offer(0);
        assert_int_equal(virtqueue_pop(&queue, &chain), -EPROTO);
        virtqueue_push(&queue, &chain, 1);
        assert_int_equal(used()->idx, 0);
        release(state);
    }
}

static void indirect_needs_negotiation(void **state)
{
    struct vring_desc *table = at(INDIRECT);

    (void)state;
    queue.indirect = false;
    table[0] = (struct vring_desc){.addr = DATA, .len = 4};
    describe(0, INDIRECT, sizeof(*table), VRING_DESC_F_INDIRECT, 0);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), -EPROTO);
}

static void chain_as_long_as_the_queue_is_the_longest(void **state)
{
    struct vring_desc *table = at(INDIRECT);

    (void)state;
    for (unsigned int i = 0; i <= SIZE; i++) {
        table[i] = (struct vring_desc){.addr = DATA,
                                       .len = 1,
                                       .flags = VRING_DESC_F_NEXT,
                                       .next = (uint16_t)(i + 1)};
    }
    table[SIZE - 1].flags = 0;
    describe(0, INDIRECT, (SIZE + 1) * sizeof(*table), VRING_DESC_F_INDIRECT,
             0);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(chain.readable.count, SIZE);
    table[SIZE - 1].flags = VRING_DESC_F_NEXT;
    table[SIZE].flags = 0;
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), -EPROTO);
}

/* 4 GiB in all is more than the used ring can tell (2.7.5). */
static void chain_of_4_gib_breaks_the_queue(void **state)
{
    const struct guest_memory small = memory;
    const uint64_t size = 1ull << 31;
    char *large = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    (void)state;
    assert_ptr_not_equal(large, MAP_FAILED);
    memory =
        (struct guest_memory){.host = large, .size = size, .low_size = size};
    describe(0, 0, 1u << 31, VRING_DESC_F_NEXT, 1);
    describe(1, 0, (1u << 31) - 1, VRING_DESC_F_NEXT, 2);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(chain.readable.size, UINT32_MAX);
    describe(1, 0, 1u << 31, 0, 0);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), -EPROTO);
    munmap(large, size);
    memory = small;
}

static void indices_that_jump_break_the_queue(void **state)
{
    static const uint16_t jumps[] = {SIZE + 1, 100, 0x8000, 0xffff};

    for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
        assert_int_equal(create(state), 0);
        available()->idx = jumps[i];
        assert_int_equal(virtqueue_pop(&queue, &chain), -EPROTO);
        release(state);
    }
}

static void impossible_rings_are_refused(void **state)
{
    const uint64_t end = DRIVER_MEMORY_SIZE;
    const struct {
        uint16_t size;
        uint64_t descriptors, available, used;
    } cases[] = {
        {0, DESCRIPTORS, AVAILABLE, USED},
        {3, DESCRIPTORS, AVAILABLE, USED},
        {512, DESCRIPTORS, AVAILABLE, USED},
        {0x8000, DESCRIPTORS, AVAILABLE, USED},
        {SIZE, DESCRIPTORS + 8, AVAILABLE, USED},
        {SIZE, DESCRIPTORS, AVAILABLE + 1, USED},
        {SIZE, DESCRIPTORS, AVAILABLE, USED + 2},
        {SIZE, end, AVAILABLE, USED},
        {SIZE, end - 16, AVAILABLE, USED},
        {SIZE, DESCRIPTORS, end - 20, USED},
        {SIZE, DESCRIPTORS, AVAILABLE, end - 68},
        {SIZE, UINT64_MAX - 15, AVAILABLE, USED},
        {SIZE, DESCRIPTORS, UINT64_MAX - 1, USED},
        {SIZE, DESCRIPTORS, AVAILABLE, UINT64_MAX - 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct virtqueue bad = {.memory = &memory,
                                .size_max = VIRTQUEUE_SIZE_MAX,
                                .size = cases[i].size,
                                .descriptors = {cases[i].descriptors},
                                .available = {cases[i].available},
                                .used = {cases[i].used}};

        assert_int_equal(virtqueue_enable(&bad), -EPROTO);
        assert_false(bad.ready);
        assert_int_equal(virtqueue_pop(&bad, &chain), -EPROTO);
    }
}

static void rings_may_end_with_memory(void **state)
{
    const uint64_t end = DRIVER_MEMORY_SIZE;
    struct virtqueue last = {.memory = &memory,
                             .size_max = VIRTQUEUE_SIZE_MAX,
                             .size = SIZE,
                             .descriptors = {DESCRIPTORS},
                             .available = {AVAILABLE},
                             .used = {end - 72},
                             .event_index = true};

    (void)state;
    assert_int_equal(virtqueue_enable(&last), 0);
    describe(0, end - 1, 1, VRING_DESC_F_WRITE, 0);
    offer(0);
    assert_int_equal(virtqueue_pop(&last, &chain), 1);
    assert_int_equal(segments_write(&chain.writable, "xy", 2), 1);
    virtqueue_push(&last, &chain, 1);
    assert_int_equal(virtqueue_pop(&last, &chain), 0);
}

/* Bytes of any value, but often enough ones that lead somewhere. */
static uint64_t random_address(void)
{
    switch (rand() % 4) {
    case 0:
        return (uint64_t)rand() << 33 | (uint64_t)rand();
    case 1:
        return DRIVER_MEMORY_SIZE - (uint64_t)(rand() % 64);
    default:
        return (uint64_t)(rand() % DRIVER_MEMORY_SIZE);
    }
}

static void scribble(struct vring_desc *table, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        table[i] = (struct vring_desc){
            .addr = rand() % 4 == 0 ? INDIRECT : random_address(),
            .len = rand() % 3 == 0 ? (uint32_t)(rand() % 16 * 16)
                                   : (uint32_t)(rand() % 5000),
            .flags = (uint16_t)(rand() % 5 == 0 ? rand() : rand() % 4),
            .next = (uint16_t)(rand() % (rand() % 8 == 0 ? 65536 : SIZE))};
    }
}

/* Reads and writes all of a chain: whatever lies outside is a guard page. */
static void touch(void)
{
    static char bytes[4096];

    while (segments_read(&chain.readable, bytes, sizeof(bytes)) > 0)
        continue;
    while (segments_write(&chain.writable, bytes, sizeof(bytes)) > 0)
        continue;
}

static void random_rings_stay_in_memory(void **state)
{
    unsigned int chains = 0, broken = 0;

    (void)state;
    srand(1);
    for (int i = 0; i < ITERATIONS; i++) {
        queue.broken = false;
        queue.event_index = rand() % 2;
        assert_int_equal(virtqueue_enable(&queue), 0);
        scribble(at(DESCRIPTORS), SIZE);
        scribble(at(INDIRECT), 2 * SIZE);
        available()->idx = (uint16_t)(rand() % (SIZE + 2));
        for (int j = 0; j < SIZE; j++)
            available()->ring[j] = (uint16_t)(rand() % (SIZE + 1));
        while (virtqueue_pop(&queue, &chain) > 0) {
            chains++;
            touch();
            virtqueue_push(&queue, &chain, (uint32_t)rand());
            virtqueue_needs_notification(&queue);
        }
        broken += queue.broken;
    }
    /* The test is worth something only if both happen often. */
    assert_true(chains > ITERATIONS / 10);
    assert_true(broken > ITERATIONS / 10);
}

static void segments_are_read_across_pieces(void **state)
{
    char bytes[16] = "";

    (void)state;
    memcpy(at(DATA), "abcdef", 6);
    describe(0, DATA, 2, VRING_DESC_F_NEXT, 1);
    describe(1, DATA + 2, 3, VRING_DESC_F_NEXT, 2);
    describe(2, DATA + 5, 1, 0, 0);
    offer(0);
    assert_int_equal(virtqueue_pop(&queue, &chain), 1);
    assert_int_equal(segments_read(&chain.readable, bytes, 3), 3);
    assert_string_equal(bytes, "abc");
    segments_skip(&chain.readable, 1);
    assert_int_equal(chain.readable.size, 2);
    assert_ptr_equal(segments_take_last(&chain.readable), at(DATA + 5));
    assert_int_equal(segments_read(&chain.readable, bytes, 16), 1);
    assert_int_equal(bytes[0], 'e');
    assert_int_equal(chain.readable.count, 0);
    assert_null(segments_take_last(&chain.readable));
    segments_skip(&chain.readable, 100);
    assert_int_equal(segments_read(&chain.readable, bytes, 16), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(empty_queue_gives_nothing),
        TEST(chain_is_readable_then_writable),
        TEST(indirect_table_is_followed),
        TEST(queue_goes_round_many_times),
        TEST(popped_chain_can_be_taken_back),
        TEST(driver_can_do_without_interrupts),
        TEST(event_index_names_the_entry_to_tell_of),
        cmocka_unit_test(hostile_chains_break_the_queue),
        TEST(indirect_needs_negotiation),
        TEST(chain_as_long_as_the_queue_is_the_longest),
        TEST(chain_of_4_gib_breaks_the_queue),
        cmocka_unit_test(indices_that_jump_break_the_queue),
        TEST(impossible_rings_are_refused),
        TEST(rings_may_end_with_memory),
        TEST(random_rings_stay_in_memory),
        TEST(segments_are_read_across_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
