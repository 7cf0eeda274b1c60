#include "pool.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace homophily {
namespace {

constexpr unsigned kOpen = 1u << 31;
constexpr int kSpins = 2000;

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

struct Pool {
  // The job. Written by its owner while the gate is shut and empty.
  Body body = nullptr;
  void* context = nullptr;
  size_t chunks = 0;
  int threads = 0;
  alignas(64) std::atomic<size_t> next{0};
  // Open bit, and the number of workers inside. A worker that comes after the owner has shut the gate is not waited for.
  alignas(64) std::atomic<unsigned> gate{0};
  alignas(64) std::atomic<unsigned> epoch{0};
  std::atomic<int> sleepers{0};
  std::mutex sleep;
  std::condition_variable wake;
  std::mutex owner;
  std::mutex growth;
  int workers = 0;

  void work() {
    for (;;) {
      const size_t chunk = next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= chunks) return;
      body(context, chunk);
    }
  }

  void visit(int id) {
    unsigned state = gate.load(std::memory_order_relaxed);
    do {
      if (!(state & kOpen)) return;
    } while (!gate.compare_exchange_weak(state, state + 1, std::memory_order_acquire, std::memory_order_relaxed));
    if (id < threads) work();
    gate.fetch_sub(1, std::memory_order_release);
  }

  [[noreturn]] void loop(int id) {
    FlushDenormals flush;
    unsigned seen = 0;
    for (;;) {
      unsigned now = epoch.load();
      for (int spin = 0; now == seen && spin < kSpins; spin++) {
        relax();
        now = epoch.load(std::memory_order_acquire);
      }
      if (now == seen) {
        std::unique_lock<std::mutex> lock(sleep);
        sleepers++;
        wake.wait(lock, [&] { return (now = epoch.load()) != seen; });
        sleepers--;
      }
      seen = now;
      visit(id);
    }
  }

  void run(int limit, size_t count, Body job, void* with) {
    body = job;
    context = with;
    chunks = count;
    threads = limit;
    next.store(0, std::memory_order_relaxed);
    gate.store(kOpen, std::memory_order_release);
    epoch.fetch_add(1);
    if (sleepers.load() > 0) {
      { std::lock_guard<std::mutex> lock(sleep); }
      wake.notify_all();
    }
    work();
    gate.fetch_and(~kOpen, std::memory_order_relaxed);
    for (int spin = 0; gate.load(std::memory_order_acquire) != 0; spin++) {
      if (spin < kSpins) relax();
      else std::this_thread::yield();
    }
  }
};

Pool& pool() {
  static Pool* the = new Pool;
  return *the;
}

}  // namespace

void growPool(int threads) {
  Pool& p = pool();
  std::lock_guard<std::mutex> lock(p.growth);
  while (p.workers < threads - 1) {
    const int id = ++p.workers;
    std::thread([&p, id] { p.loop(id); }).detach();
  }
}

void runChunks(int threads, size_t chunks, Body body, void* context) {
  Pool& p = pool();
  if (p.owner.try_lock()) {
    p.run(threads, chunks, body, context);
    p.owner.unlock();
  } else {
    for (size_t chunk = 0; chunk < chunks; chunk++) body(context, chunk);
  }
}

}  // namespace homophily
