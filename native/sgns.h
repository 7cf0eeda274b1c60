// Skip-gram with negative sampling: what is drawn for each sentence, as sets of contexts and targets.
#pragma once
#include "sgns-block.h"

namespace {

constexpr size_t kSgnsKept = 4096;     // tokens at hand; more than twice the greatest window
constexpr size_t kSgnsChunk = 1024;    // tokens of a chunk, about

// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): draw i of a stream is mix64(key + i · golden).
INLINE uint64_t mix64(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15u;

struct SgnsJob {
  const int32_t* tokens;
  const uint32_t* offsets;
  float *input, *output;
  size_t d;
  const uint32_t *noise, *keep;
  size_t nodes, window, negatives;
  bool shared;
};

// The contexts of each centre of a sentence and its targets, one after the other.
struct SgnsReader {
  const SgnsJob& job;
  const size_t begin, end;  // tokens of the sentence
  const uint64_t key;
  uint64_t drawn = 0, drawnBefore = 0;
  size_t next = begin;  // the first token not yet looked at
  size_t size = 0;      // tokens in `kept`
  size_t centre = 0, context = 1, to = 0;
  bool started = false;
  double pairs = 0;
  int32_t kept[kSgnsKept];

  SgnsReader(const SgnsJob& job, size_t s, uint64_t name)
      : job(job), begin(job.offsets[s]), end(job.offsets[s + 1]), key(mix64(name)) {
    fill();
  }

  INLINE uint64_t draw() { return mix64(key + drawn++ * kGolden); }

  // Takes tokens that subsampling keeps, as many as there is place for.
  INLINE void fill() {
    for (; next < end && size < kSgnsKept; next++) {
      const int32_t token = job.tokens[next];
      if (!job.keep || (uint32_t)mix64(~key + (next - begin) * kGolden) <= job.keep[token]) kept[size++] = token;
    }
  }

  INLINE void refill() {
    const size_t gone = centre > job.window ? centre - job.window : 0;
    memmove(kept, kept + gone, (size - gone) * sizeof(int32_t));
    size -= gone;
    centre -= gone;
    fill();
  }

  // Goes to the next centre with contexts; false at the end.
  INLINE bool advance() {
    for (;;) {
      centre += started;
      started = true;
      if (centre + job.window >= size && next < end) refill();
      if (centre >= size) return false;
      const size_t reach = 1 + (size_t)(((draw() >> 32) * (uint64_t)job.window) >> 32);
      context = centre > reach ? centre - reach : 0;
      to = smaller(size - 1, centre + reach);
      const size_t ahead = smaller(size - 1, centre + job.window + 1);
      for (size_t j = 0; j < job.d; j += 16) __builtin_prefetch(job.input + (size_t)kept[ahead] * job.d + j, 1);
      if (to == context) continue;
      pairs += (double)(to - context);
      drawnBefore = drawn;
      return true;
    }
  }

  INLINE void readTargets(SgnsSet& y) {
    y.clear();
    const int32_t positive = kept[centre];
    y.add(positive, job.output, job.d);
    for (size_t k = 0; k < job.negatives; k++) {
      const uint64_t bits = draw();
      const size_t cell = (size_t)(((bits >> 32) * (uint64_t)job.nodes) >> 32);
      const int32_t node = (uint32_t)bits < job.noise[2 * cell] ? (int32_t)cell : (int32_t)job.noise[2 * cell + 1];
      if (node != positive) y.add(node, job.output, job.d);
    }
  }

  INLINE bool read(SgnsSet& x, SgnsSet& y) {
    x.clear();
    while (x.size == 0) {
      if (context > to && !advance()) return false;
      const size_t most = job.shared ? kSgnsRows : 1;
      for (; context <= to && x.size < most; context++)
        if (context != centre) x.append(kept[context], job.input, job.d);
    }
    // Where a window has more contexts than a set, its sets have the same negatives.
    if (job.shared) drawn = drawnBefore;
    readTargets(y);
    return true;
  }
};

// Trains on one sentence; stats gets its loss and its number of pairs.
void sgnsSentence(const SgnsJob& job, size_t s, uint64_t name, float rate, float* stats) {
  SgnsReader reader(job, s, name);
  SgnsLoss loss;
  SgnsSet x[2], y[2];
  size_t now = 0;
  for (bool more = reader.read(x[0], y[0]); more; now ^= 1) {
    more = reader.read(x[now ^ 1], y[now ^ 1]);
    sgnsContexts(x[now], y[now], job.d, rate, loss);
  }
  stats[0] = (float)loss.total();
  stats[1] = (float)reader.pairs;
}

void sgns(Team team, Ints tokens, Offsets offsets, Floats input, Floats output, size_t d, Offsets noise, Offsets keep,
          Floats stats, size_t window, size_t negatives, bool shared, bool deterministic, int32_t seed, size_t first,
          double rate, double rateEnd) {
  const size_t count = offsets.length - 1;
  if (count == 0) return;
  const SgnsJob job{tokens.data, offsets.data, input.data, output.data, d,     noise.data,
                    keep.data,   noise.length / 2, window, negatives, shared};
  const size_t base = offsets.data[0], total = offsets.data[count] - base;
  const size_t chunks = larger(1, total / kSgnsChunk);
  // The first sentence that begins in a chunk's stretch of tokens.
  auto firstSentence = [&](size_t chunk) {
    if (chunk == 0) return size_t(0);
    if (chunk == chunks) return count;
    size_t low = 0, high = count;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (offsets.data[middle] - base < chunk * kSgnsChunk) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const Team alone{deterministic ? 1 : team.threads};
  alone.run(chunks, total * 2000., [&](size_t chunk) {
    const size_t end = firstSentence(chunk + 1);
    for (size_t s = firstSentence(chunk); s < end; s++) {
      const double done = total == 0 ? 0 : (double)(offsets.data[s] - base) / total;
      const uint64_t name = (uint64_t)(uint32_t)seed << 32 | (uint32_t)(first + s);
      sgnsSentence(job, s, name, (float)(rate + (rateEnd - rate) * done), stats.data + 2 * s);
    }
  });
}

}  // namespace
