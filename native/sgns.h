// Skip-gram with negative sampling. A block is a set of input rows (context tokens) against a set of output rows (the centre,
// which is the positive, and negatives); rows that occur more than once in a set count once, with a multiplicity. A block takes
// one step along the gradient at the old values of all its rows.
#pragma once
#include "elementwise.h"

namespace {

constexpr size_t kSgnsTargets = 6;     // output rows whose gradients stay in registers
constexpr size_t kSgnsContexts = 64;   // input rows of a block at most
constexpr size_t kSgnsNegatives = 63;  // as in types.ts
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

// Lane i of the result is a[i] + a[i ^ h] where i has bit h clear, else b[i] + b[i ^ h].
template <size_t kStep>
INLINE vf foldLanes(vf a, vf b) {
  vi low, high;
  for (size_t i = 0; i < W; i++) {
    const int32_t fromB = i & kStep ? (int32_t)W : 0;
    low[i] = (int32_t)(i & ~kStep) + fromB;
    high[i] = (int32_t)(i | kStep) + fromB;
  }
#if defined(__clang__)
  vf x, y;
  for (size_t i = 0; i < W; i++) {
    x[i] = i & kStep ? b[i & ~kStep] : a[i];
    y[i] = i & kStep ? b[i] : a[i | kStep];
  }
  return x + y;
#else
  return __builtin_shuffle(a, b, low) + __builtin_shuffle(a, b, high);
#endif
}
// Lane i of the result is the sum of v[i]; lanes from N on are left undefined.
template <size_t kStep, size_t N>
INLINE vf sumEach(const vf* v) {
  if constexpr (kStep == 0) {
    return v[0];
  } else {
    // The vectors i and i + kStep are folded into one; what is missing is any vector.
    constexpr size_t kLeft = N < kStep ? N : kStep;
    vf folded[kLeft];
#pragma GCC unroll 16
    for (size_t i = 0; i < kLeft; i++) folded[i] = foldLanes<kStep>(v[i], i + kStep < N ? v[i + kStep] : v[i]);
    return sumEach<kStep / 2, kLeft>(folded);
  }
}

// out[b · NT + t] = x[b] · y[t]; up to W floats behind them are overwritten.
template <size_t NB, size_t NT>
INLINE void dotBlock(float* const* x, float* const* y, size_t d, float* out) {
  vf sum[NB * NT] = {};
  auto add = [&](auto read) INLINE_LAMBDA {
    vf xs[NB];
#pragma GCC unroll 8
    for (size_t b = 0; b < NB; b++) xs[b] = read(x[b]);
#pragma GCC unroll 8
    for (size_t t = 0; t < NT; t++) {
      const vf yt = read(y[t]);
#pragma GCC unroll 8
      for (size_t b = 0; b < NB; b++) sum[b * NT + t] += xs[b] * yt;
    }
  };
  size_t j = 0;
  for (; j + W <= d; j += W) add([&](const float* p) INLINE_LAMBDA { return load(p + j); });
  if (j < d) add([&](const float* p) INLINE_LAMBDA { return loadSome(p + j, d - j); });
  constexpr size_t kAll = NB * NT;
#pragma GCC unroll 8
  for (size_t i = 0; i < kAll; i += W) {
    if (i + W <= kAll) store(out + i, sumEach<W / 2, W>(sum + i));
    else store(out + i, sumEach<W / 2, kAll % W ? kAll % W : W>(sum + i));
  }
}

template <size_t NT>
INLINE void allDots(float* const* x, size_t nb, float* const* y, size_t d, float* out) {
  size_t b = 0;
  for (; b + 2 <= nb; b += 2) dotBlock<2, NT>(x + b, y, d, out + b * NT);
  if (b < nb) dotBlock<1, NT>(x + b, y, d, out + b * NT);
}

// One vector of columns: x[b] += Σ_t g[b,t] y[t] and y[t] += Σ_b g[b,t] x[b], both from the old values. With kSome only `count`
// columns. Where there are more than NT targets, `old` keeps the x of the first group for the others.
template <size_t NT, bool kSome, bool kFirst, bool kAlone>
INLINE void updateColumns(float* const* x, size_t nb, float* const* y, const float* g, size_t j, size_t count, vf* old) {
  auto read = [&](const float* p) INLINE_LAMBDA { return kSome ? loadSome(p + j, count) : load(p + j); };
  auto write = [&](float* p, vf v) INLINE_LAMBDA {
    if (kSome) storeSome(p + j, v, count);
    else store(p + j, v);
  };
  vf yt[NT], step[NT] = {};
#pragma GCC unroll 8
  for (size_t t = 0; t < NT; t++) yt[t] = read(y[t]);
  for (size_t b = 0; b < nb; b++) {
    const vf now = read(x[b]);
    const vf xb = kFirst ? now : old[b];
    if (kFirst && !kAlone) old[b] = now;
    vf sum = now;
#pragma GCC unroll 8
    for (size_t t = 0; t < NT; t++) {
      const vf weight = splat(g[b * NT + t]);
      sum += weight * yt[t];
      step[t] += weight * xb;
    }
    write(x[b], sum);
  }
#pragma GCC unroll 8
  for (size_t t = 0; t < NT; t++) write(y[t], yt[t] + step[t]);
}

// Calls with the number of targets as a constant.
template <class F>
INLINE void withTargets(size_t count, const F& f) {
  switch (count) {
    case 1: return f(Constant<size_t(1)>{});
    case 2: return f(Constant<size_t(2)>{});
    case 3: return f(Constant<size_t(3)>{});
    case 4: return f(Constant<size_t(4)>{});
    case 5: return f(Constant<size_t(5)>{});
    default: return f(Constant<kSgnsTargets>{});
  }
}

// Loss of a sentence: ln Π (1 + e^−|s|) is gathered as a product and taken in its logarithm now and then.
struct SgnsLoss {
  double sum = 0;
  vf linear{}, product = splat(1);
  size_t factors = 0;

  INLINE void fold() {
    sum += sumLanes(logOfNormal(product));
    product = splat(1);
    factors = 0;
  }
};

struct SgnsSet {
  float* row[kSgnsContexts];
  int32_t id[kSgnsContexts];
  float times[kSgnsContexts];
  size_t size = 0;
  bool repeats = false;

  INLINE void clear() {
    size = 0;
    repeats = false;
  }
  INLINE void add(int32_t node, float* matrix, size_t d) {
    for (size_t i = 0; i < size; i++)
      if (id[i] == node) {
        times[i] += 1;
        repeats = true;
        return;
      }
    id[size] = node;
    times[size] = 1;
    row[size++] = matrix + (size_t)node * d;
  }
};

// One step on a block. y[0] is the positive.
INLINE void sgnsBlock(const SgnsSet& x, const SgnsSet& y, size_t d, float rate, SgnsLoss& loss) {
  alignas(64) float g[kSgnsContexts * kSgnsContexts + 2 * W];
  const size_t nb = x.size, nt = y.size;
  auto groups = [&](auto f) INLINE_LAMBDA {
    for (size_t t = 0; t < nt; t += kSgnsTargets) {
      const size_t count = smaller(kSgnsTargets, nt - t);
      float* const from = g + nb * t;
      withTargets(count, [&](auto some) INLINE_LAMBDA { f(t, from, some); });
    }
  };
  groups([&](size_t t, float* from, auto some) INLINE_LAMBDA { allDots<some.value>(x.row, nb, y.row + t, d, from); });
  const size_t firstGroup = smaller(nt, kSgnsTargets), total = nb * nt;
  float positives = 0;
  for (size_t b = 0; b < nb; b++) positives += x.times[b] * g[b * firstGroup];
  store(g + total, splat(-104));

  // softplus(s) for all as if negative, and −rate · σ(s); what the positives differ by is put right afterwards.
  loss.sum -= positives;
  if (x.repeats || y.repeats) {
    groups([&](size_t t, float* from, auto some) INLINE_LAMBDA {
      for (size_t b = 0; b < nb; b++)
        for (size_t i = 0; i < some.value; i++) {
          const float times = x.times[b] * y.times[t + i], s = from[b * some.value + i];
          const vf score = splat(s);
          loss.sum += times * softplusOf(score)[0];
          from[b * some.value + i] = -rate * times * sigmoidOf(score)[0];
        }
    });
  } else {
    for (size_t i = 0; i < total; i += W) {
      const vf s = load(g + i);
      const vf z = expOf(-absolute(s));
      const vf u = z + 1.f;
      loss.linear += atLeast(s, 0.f);
      loss.product *= u;
      if (++loss.factors == 100) loss.fold();
      store(g + i, -rate * ((s < vf{} ? z : splat(1.f)) / u));
    }
  }
  for (size_t b = 0; b < nb; b++) g[b * firstGroup] += rate * x.times[b];

  vf old[kSgnsContexts];
  if (nt <= kSgnsTargets) {
    withTargets(nt, [&](auto some) INLINE_LAMBDA {
      size_t j = 0;
      for (; j + W <= d; j += W) updateColumns<some.value, false, true, true>(x.row, nb, y.row, g, j, W, old);
      if (j < d) updateColumns<some.value, true, true, true>(x.row, nb, y.row, g, j, d - j, old);
    });
    return;
  }
  auto columns = [&](auto kSome, size_t j, size_t count) INLINE_LAMBDA {
    updateColumns<kSgnsTargets, kSome.value, true, false>(x.row, nb, y.row, g, j, count, old);
    for (size_t t = kSgnsTargets; t < nt; t += kSgnsTargets)
      withTargets(smaller(kSgnsTargets, nt - t), [&](auto some) INLINE_LAMBDA {
        updateColumns<some.value, kSome.value, false, false>(x.row, nb, y.row + t, g + nb * t, j, count, old);
      });
  };
  size_t j = 0;
  for (; j + W <= d; j += W) columns(Constant<false>{}, j, W);
  if (j < d) columns(Constant<true>{}, j, d - j);
}

INLINE int32_t drawNoise(const SgnsJob& job, uint64_t bits) {
  const size_t cell = (size_t)(((bits >> 32) * (uint64_t)job.nodes) >> 32);
  return (uint32_t)bits < job.noise[2 * cell] ? (int32_t)cell : (int32_t)job.noise[2 * cell + 1];
}

// Trains on one sentence; stats gets its loss and its number of pairs.
void sgnsSentence(const SgnsJob& job, size_t s, uint64_t name, float rate, float* stats) {
  const uint64_t key = mix64(name);
  uint64_t drawn = 0;
  auto draw = [&]() INLINE_LAMBDA { return mix64(key + drawn++ * kGolden); };
  SgnsLoss loss;
  double pairs = 0;
  SgnsSet contexts, targets;
  int32_t kept[kSgnsKept];
  size_t size = 0, next = job.offsets[s];
  const size_t begin = next, end = job.offsets[s + 1];
  auto fill = [&]() INLINE_LAMBDA {
    for (; next < end && size < kSgnsKept; next++) {
      const int32_t token = job.tokens[next];
      if (!job.keep || (uint32_t)mix64(~key + (next - begin) * kGolden) <= job.keep[token]) kept[size++] = token;
    }
  };
  fill();
  for (size_t c = 0; c < size; c++) {
    if (c + job.window >= size && next < end) {
      const size_t gone = c > job.window ? c - job.window : 0;
      memmove(kept, kept + gone, (size - gone) * sizeof(int32_t));
      size -= gone;
      c -= gone;
      fill();
    }
    const size_t reach = 1 + (size_t)(((draw() >> 32) * (uint64_t)job.window) >> 32);
    const size_t from = c > reach ? c - reach : 0, to = smaller(size - 1, c + reach);
    if (to == from) continue;
    auto drawTargets = [&]() INLINE_LAMBDA {
      targets.clear();
      targets.add(kept[c], job.output, job.d);
      for (size_t k = 0; k < job.negatives; k++) {
        const int32_t node = drawNoise(job, draw());
        if (node != kept[c]) targets.add(node, job.output, job.d);
      }
    };
    if (job.shared) drawTargets();
    pairs += (double)(to - from);
    contexts.clear();
    for (size_t i = from; i <= to; i++) {
      if (i == c) continue;
      contexts.add(kept[i], job.input, job.d);
      if (job.shared && contexts.size < kSgnsContexts) continue;
      if (!job.shared) drawTargets();
      sgnsBlock(contexts, targets, job.d, rate, loss);
      contexts.clear();
    }
    if (contexts.size > 0) sgnsBlock(contexts, targets, job.d, rate, loss);
  }
  loss.fold();
  stats[0] = (float)(loss.sum + sumLanes(loss.linear));
  stats[1] = (float)pairs;
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
