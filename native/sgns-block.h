// One step of skip-gram with negative sampling on a block: a set of input rows (context tokens) against a set of output rows (the
// centre, which is the positive, and negatives). Rows that occur more than once in a set count once, with a multiplicity. The step
// goes along the gradient at the old values of all rows.
#pragma once
#include "elementwise.h"

namespace {

constexpr size_t kSgnsTargets = 6;    // output rows whose gradients stay in registers
constexpr size_t kSgnsContexts = 64;  // rows of a set at most

// exp(x) for x ≤ 0; below −87 that of −87.
INLINE vf expOfNegative(vf x) {
  x = atLeast(x, -87.f);
  const vf magic = splat(12582912.f);
  const vf shifted = x * 1.44269504f + magic;
  const vf n = shifted - magic;
  const vf r = (x - n * kLn2High) - n * kLn2Low;
  const vf y = (expTail(r) * r) * r + r + 1.f;
  return y * floats((bits(shifted) - bits(magic) + 127) << 23);
}

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

// Keeps the compiler from reading a value from memory at each of its uses.
INLINE vf inRegister(vf x) {
#if defined(__AVX512F__)
  asm("" : "+v"(x));
#elif defined(__x86_64__)
  asm("" : "+x"(x));
#elif defined(__aarch64__)
  asm("" : "+w"(x));
#endif
  return x;
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
      const vf yt = inRegister(read(y[t]));
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
  // Rows of outputs come from anywhere, so they are fetched a block ahead.
  template <bool kAhead>
  INLINE void add(int32_t node, float* matrix, size_t d) {
    for (size_t i = 0; i < size; i++)
      if (id[i] == node) {
        times[i] += 1;
        repeats = true;
        return;
      }
    id[size] = node;
    times[size] = 1;
    row[size] = matrix + (size_t)node * d;
    if (kAhead)
      for (size_t j = 0; j < d; j += 16) __builtin_prefetch(row[size] + j, 1);
    size++;
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

  // softplus(s) and −rate · σ(s) for all as if negative; what the positives differ by is put right before and after.
  loss.sum -= positives;
  auto grade = [&](auto finish) INLINE_LAMBDA {
    for (size_t i = 0; i < total; i += W) {
      const vf s = load(g + i);
      const vf z = expOfNegative(-absolute(s));
      const vf u = z + 1.f;
      store(g + i, -rate * finish(i, atLeast(s, 0.f), u, (s < vf{} ? z : splat(1.f)) / u));
    }
  };
  if (x.repeats || y.repeats) {
    alignas(64) float times[kSgnsContexts * kSgnsContexts + 2 * W];
    groups([&](size_t t, float* from, auto some) INLINE_LAMBDA {
      float* to = times + (from - g);
      for (size_t b = 0; b < nb; b++)
        for (size_t i = 0; i < some.value; i++) to[b * some.value + i] = x.times[b] * y.times[t + i];
    });
    store(times + total, vf{});
    grade([&](size_t i, vf positive, vf u, vf sigmoid) INLINE_LAMBDA {
      const vf weight = load(times + i);
      loss.linear += weight * (positive + logOfNormal(u));
      return weight * sigmoid;
    });
  } else {
    grade([&](size_t, vf positive, vf u, vf sigmoid) INLINE_LAMBDA {
      loss.linear += positive;
      loss.product *= u;
      if (++loss.factors == 100) loss.fold();
      return sigmoid;
    });
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

}  // namespace
