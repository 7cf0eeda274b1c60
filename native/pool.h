// The thread pool: one per process, shared by all Node environments, never destroyed.
#pragma once
#include <cstddef>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace homophily {

using Body = void (*)(void* context, size_t chunk);

// Runs body(context, 0 … chunks−1) on at most `threads` threads, the caller among them. Which thread takes which chunk is
// left to chance, so a chunk's result must depend on its number alone. When another environment holds the pool, the caller
// does all chunks itself instead of waiting.
void runChunks(int threads, size_t chunks, Body body, void* context);

// Makes sure that the pool has at least `threads` − 1 workers.
void growPool(int threads);

// Denormals cost a hundred cycles each and carry nothing here (an optimiser's decayed moments are full of them), so on x86
// kernels read and write them as zero, on every thread alike, while an object of this class lives.
class FlushDenormals {
#if defined(__x86_64__)
 public:
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }
  ~FlushDenormals() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#else
 public:
  FlushDenormals() {}
  ~FlushDenormals() {}
#endif
};

// What a kernel gets: how many threads it may use, and a way to hand out its chunks.
struct Team {
  int threads;

  // `work` is about how many nanoseconds all chunks take on one thread: little work is not worth waking anyone.
  template <class F>
  void run(size_t chunks, double work, const F& body) const {
    auto call = [](void* context, size_t chunk) { (*static_cast<const F*>(context))(chunk); };
    if (threads > 1 && chunks > 1 && work > 15000) {
      runChunks(threads, chunks, call, const_cast<F*>(&body));
    } else {
      for (size_t chunk = 0; chunk < chunks; chunk++) body(chunk);
    }
  }
};

}  // namespace homophily
