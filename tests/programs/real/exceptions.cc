// What a C++ program asks of its runtime: exceptions through several frames,
// destructors on the way, containers, streams, static and thread-local
// objects, and threads where they are to be had.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Tracer {
    explicit Tracer(std::string text) : name(std::move(text)) {}
    ~Tracer() { std::cout << "~" << name << "\n"; }
    std::string name;
};

Tracer first("static");
thread_local int calls = 0;

int descend(int depth)
{
    Tracer here("depth " + std::to_string(depth));

    calls++;
    if (depth == 0)
        throw std::out_of_range("bottom");
    return descend(depth - 1) + 1;
}

void unwind()
{
    try {
        descend(3);
    } catch (const std::runtime_error &) {
        std::cout << "wrong handler\n";
    } catch (const std::logic_error &error) {
        std::cout << "caught " << error.what() << " after " << calls
                  << " calls\n";
    }
    try {
        try {
            throw 42;
        } catch (int number) {
            std::cout << "again " << number << "\n";
            throw;
        }
    } catch (...) {
        std::cout << "and again\n";
    }
    try {
        std::vector<int>().at(1);
    } catch (const std::exception &error) {
        std::cout << "std::exception: " << error.what() << "\n";
    }
    try {
        std::vector<char> all(~std::size_t{0} / 4);
        std::cout << "impossible: " << all.size() << "\n";
    } catch (const std::bad_alloc &) {
        std::cout << "bad_alloc\n";
    }
}

void containers()
{
    std::map<std::string, int> counts;
    std::vector<int> numbers(1000);
    std::istringstream words("a rose is a rose is a rose");

    for (std::string word; words >> word;)
        counts[word]++;
    for (const auto &entry : counts)
        std::cout << entry.first << "=" << entry.second << " ";
    std::iota(numbers.begin(), numbers.end(), 1);
    std::sort(numbers.begin(), numbers.end(), std::greater<int>());
    std::cout << std::accumulate(numbers.begin(), numbers.end(), 0L) << " "
              << numbers.front() << "\n";
}

void files(const char *path)
{
    {
        std::ofstream out(path);
        for (int i = 0; i < 100; i++)
            out << i << " " << i * i << "\n";
    }
    std::ifstream in(path);
    long sum = 0;
    for (long number, square; in >> number >> square;)
        sum += square - number;
    std::cout << "sum " << sum << "\n";
    std::ifstream none("/no/such/file");
    std::cout << "missing file opened: " << none.is_open() << "\n";
}

void threads()
{
    std::mutex guard;
    std::vector<std::thread> workers;
    long total = 0;

    for (int i = 0; i < 4; i++)
        workers.emplace_back([&guard, &total, i] {
            for (int step = 0; step < 1000; step++) {
                std::lock_guard<std::mutex> hold(guard);
                total += i;
            }
        });
    for (auto &worker : workers)
        worker.join();
    std::cout << "total " << total << "\n";
}

} // namespace

int main(int argc, char **argv)
{
    const auto start = std::chrono::steady_clock::now();
    auto shared = std::make_shared<Tracer>("shared");
    std::weak_ptr<Tracer> weak = shared;

    if (argc != 2)
        return 2;
    unwind();
    containers();
    files(argv[1]);
    threads();
    shared.reset();
    std::cout << "expired " << weak.expired() << ", time runs "
              << (std::chrono::steady_clock::now() > start) << "\n";
    throw std::runtime_error("not caught");
}
