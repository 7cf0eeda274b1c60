// Steps of skip-gram with negative sampling on input rows (contexts of a centre) and a set of output rows (the centre, which is the
// positive, and negatives; one drawn twice counts once, with a multiplicity). A context's step goes along the gradient at the old
// values of its row and of the output rows, and the next context's begins where it ended.
//
// Contexts go through in blocks of a few different ones. The scores of all are taken from the values before the block; what the
// steps g of the contexts before b change about those of b follows from the products of contexts with each other, since
// x_b · (y + Σ_a g_a x_a) = x_b · y + Σ_a g_a (x_b · x_a). So rows are read and written once a block.
#pragma once
#include "elementwise.h"

namespace {

constexpr size_t kSgnsTargets = 6;                // output rows that stay in registers
constexpr size_t kSgnsBlock = 4;                  // contexts of a block at most
constexpr size_t kSgnsRows = 64;                  // rows of a set at most
constexpr size_t kSgnsLanes = 8;                  // lanes for the scores and steps of a context with kSgnsTargets targets

typedef float v8 __attribute__((vector_size(4 * kSgnsLanes)));
typedef int32_t v8i __attribute__((vector_size(4 * kSgnsLanes)));
typedef float v8u __attribute__((vector_size(4 * kSgnsLanes), aligned(4), may_alias));

// exp(−|x|), not below exp(−87). Contexts wait for each other here, so the series (Taylor's, of 2^r for |r| ≤ ½, to r⁶) is taken in
// the order that takes the least time.
INLINE v8 expOfMinusAbsolute(v8 x) {
  v8 t = (v8)((v8i)x | (int32_t)0x80000000) * 1.44269504f;
  t = t < -126.f ? v8{} - 126.f : t;
  const v8 magic = v8{} + 12582912.f;
  const v8 shifted = t + magic;
  const v8 r = t - (shifted - magic), r2 = r * r;
  const v8 y = ((1.f + 0.693147181f * r) + (0.240226507f + 0.0555041087f * r) * r2) +
               ((0.00961812911f + 0.00133335581f * r) + 0.000154035304f * r2) * (r2 * r2);
  return y * (v8)(((v8i)shifted - (v8i)magic + 127) << 23);
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

// out[i] = the sum of v[i]; up to W floats behind them are overwritten.
template <size_t N>
INLINE void storeSums(const vf* v, float* out) {
#pragma GCC unroll 8
  for (size_t i = 0; i < N; i += W) {
    if (i + W <= N) store(out + i, sumEach<W / 2, W>(v + i));
    else store(out + i, sumEach<W / 2, N % W ? N % W : W>(v + i));
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
  storeSums<NB * NT>(sum, out);
}

template <size_t NT>
INLINE void allDots(float* const* x, size_t nb, float* const* y, size_t d, float* out) {
  size_t b = 0;
  for (; b + 2 <= nb; b += 2) dotBlock<2, NT>(x + b, y, d, out + b * NT);
  if (b < nb) dotBlock<1, NT>(x + b, y, d, out + b * NT);
}

// out[b(b − 1)/2 + a] = x[a] · x[b] for a < b; up to W floats behind them are overwritten.
template <size_t NB>
INLINE void dotsAmong(float* const* x, size_t d, float* out) {
  constexpr size_t kAll = NB * (NB - 1) / 2;
  vf sum[kAll] = {};
  auto add = [&](auto read) INLINE_LAMBDA {
    vf xs[NB];
#pragma GCC unroll 8
    for (size_t b = 0; b < NB; b++) {
      xs[b] = read(x[b]);
#pragma GCC unroll 8
      for (size_t a = 0; a < b; a++) sum[b * (b - 1) / 2 + a] += xs[a] * xs[b];
    }
  };
  size_t j = 0;
  for (; j + W <= d; j += W) add([&](const float* p) INLINE_LAMBDA { return load(p + j); });
  if (j < d) add([&](const float* p) INLINE_LAMBDA { return loadSome(p + j, d - j); });
  storeSums<kAll>(sum, out);
}

// One vector of columns: for each b in turn x[b] += Σ_t g[b,t] y[t] and y[t] += g[b,t] x[b], with x[b] from before. With kSome only
// `count` columns. Where there are more than NT targets, `old` keeps the x of the first group for the others.
template <size_t NT, bool kSome, bool kFirst, bool kAlone>
INLINE void updateColumns(float* const* x, size_t nb, float* const* y, const float* g, size_t j, size_t count, vf* old) {
  auto read = [&](const float* p) INLINE_LAMBDA { return kSome ? loadSome(p + j, count) : load(p + j); };
  auto write = [&](float* p, vf v) INLINE_LAMBDA {
    if (kSome) storeSome(p + j, v, count);
    else store(p + j, v);
  };
  vf yt[NT];
#pragma GCC unroll 8
  for (size_t t = 0; t < NT; t++) yt[t] = read(y[t]);
  for (size_t b = 0; b < nb; b++) {
    const vf now = read(x[b]);
    const vf xb = kFirst ? now : old[b];
    if (kFirst && !kAlone) old[b] = now;
    vf sum = now;
#pragma GCC unroll 8
    for (size_t t = 0; t < NT; t++) {
      const vf weight = splat(g[b * kSgnsLanes + t]);
      sum += weight * yt[t];
      yt[t] += weight * xb;
    }
    write(x[b], sum);
  }
#pragma GCC unroll 8
  for (size_t t = 0; t < NT; t++) write(y[t], yt[t]);
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
  v8 linear{}, product = v8{} + 1;
  size_t factors = 0;

  // Adds Σ times · ln x.
  INLINE void addLogs(v8 x, v8 times) {
    constexpr size_t kRoom = W > kSgnsLanes ? W : kSgnsLanes;
    float values[kRoom], weights[kRoom] = {};
    for (float& value : values) value = 1;
    memcpy(values, &x, sizeof x);
    memcpy(weights, &times, sizeof times);
    for (size_t i = 0; i < kRoom; i += W) sum += sumLanes(load(weights + i) * logOfNormal(load(values + i)));
  }
  INLINE void fold() {
    addLogs(product, v8{} + 1);
    product = v8{} + 1;
    factors = 0;
  }
  INLINE double total() {
    fold();
    double all = sum;
    for (size_t i = 0; i < kSgnsLanes; i++) all += linear[i];
    return all;
  }
};

// Calls with the number of contexts of a block as a constant.
template <class F>
INLINE void withContexts(size_t count, const F& f) {
  switch (count) {
    case 1: return f(Constant<size_t(1)>{});
    case 2: return f(Constant<size_t(2)>{});
    case 3: return f(Constant<size_t(3)>{});
    default: return f(Constant<kSgnsBlock>{});
  }
}

struct SgnsSet {
  float* row[kSgnsRows];
  int32_t id[kSgnsRows];
  float times[kSgnsRows + kSgnsLanes];
  size_t size = 0;
  bool repeats = false;

  INLINE void clear() {
    size = 0;
    repeats = false;
  }
  INLINE void append(int32_t node, float* matrix, size_t d) {
    id[size] = node;
    times[size] = 1;
    row[size++] = matrix + (size_t)node * d;
  }
  // Counts a row once more where it is there already. Such rows come from anywhere, so they are fetched ahead.
  INLINE void add(int32_t node, float* matrix, size_t d) {
    for (size_t i = 0; i < size; i++)
      if (id[i] == node) {
        times[i] += 1;
        repeats = true;
        return;
      }
    append(node, matrix, d);
    for (size_t j = 0; j < d; j += 16) __builtin_prefetch(row[size - 1] + j, 1);
  }
};

// Scores of NB contexts with `count` targets become steps g[b,t] = rate · times[t] · (label − σ(score)), one context after the other;
// the loss is added up. Target 0 has label 1 where `positive`. `times` is null where each is 1.
template <size_t NB>
INLINE void grade(const float* scores, size_t count, const float* among, const float* times, bool positive, float rate, float* g,
                  SgnsLoss& loss) {
  const v8i lane = {0, 1, 2, 3, 4, 5, 6, 7};
  const v8i used = lane < (int32_t)count;
  const v8 label = (lane == 0) & (v8i{} - (int32_t)positive) ? v8{} + 1 : v8{};
  const v8 many = times ? (used ? (v8)*(const v8u*)times : v8{}) : v8{} + 1;
  const v8 down = -rate * many, up = rate * label;
  v8 step[NB], s[NB];
#pragma GCC unroll 4
  for (size_t b = 0; b < NB; b++) s[b] = *(const v8u*)(scores + b * count);
#pragma GCC unroll 4
  for (size_t b = 0; b < NB; b++) {
#pragma GCC unroll 4
    for (size_t a = 0; a < b; a++) s[b] += among[b * (b - 1) / 2 + a] * step[a];
    s[b] = used ? s[b] : v8{} - 104.f;
    const v8 z = expOfMinusAbsolute(s[b]), u = z + 1.f;
    step[b] = up + down * ((s[b] < 0.f ? z : v8{} + 1.f) / u);
    *(v8u*)(g + b * kSgnsLanes) = step[b];
    const v8 linear = (s[b] > 0.f ? s[b] : v8{}) - label * s[b];
    loss.linear += many * linear;
    if (times) loss.addLogs(u, many);
    else loss.product *= u;
  }
  loss.factors += NB;
  if (loss.factors > 96) loss.fold();
}

// Steps on a block of `nb` different contexts. y[0] is the positive.
INLINE void sgnsBlock(float* const* x, size_t nb, const SgnsSet& y, size_t d, float rate, SgnsLoss& loss) {
  constexpr size_t kGroups = (kSgnsRows + kSgnsTargets - 1) / kSgnsTargets;
  alignas(64) float scores[kSgnsBlock * kSgnsTargets + kSgnsLanes + W], among[kSgnsBlock * kSgnsBlock + W];
  alignas(64) float g[kGroups * kSgnsBlock * kSgnsLanes];
  const size_t nt = y.size;
  auto stepsAt = [&](size_t t) INLINE_LAMBDA { return g + t / kSgnsTargets * (kSgnsBlock * kSgnsLanes); };
  withContexts(nb, [&](auto all) INLINE_LAMBDA {
    if constexpr (all.value > 1) dotsAmong<all.value>(x, d, among);
    for (size_t t = 0; t < nt; t += kSgnsTargets) {
      const size_t count = smaller(kSgnsTargets, nt - t);
      withTargets(count, [&](auto some) INLINE_LAMBDA { allDots<some.value>(x, nb, y.row + t, d, scores); });
      grade<all.value>(scores, count, among, y.repeats ? y.times + t : nullptr, t == 0, rate, stepsAt(t), loss);
    }
  });

  vf old[kSgnsBlock];
  if (nt <= kSgnsTargets) {
    withTargets(nt, [&](auto some) INLINE_LAMBDA {
      size_t j = 0;
      for (; j + W <= d; j += W) updateColumns<some.value, false, true, true>(x, nb, y.row, g, j, W, old);
      if (j < d) updateColumns<some.value, true, true, true>(x, nb, y.row, g, j, d - j, old);
    });
    return;
  }
  auto columns = [&](auto kSome, size_t j, size_t count) INLINE_LAMBDA {
    updateColumns<kSgnsTargets, kSome.value, true, false>(x, nb, y.row, g, j, count, old);
    for (size_t t = kSgnsTargets; t < nt; t += kSgnsTargets)
      withTargets(smaller(kSgnsTargets, nt - t), [&](auto some) INLINE_LAMBDA {
        updateColumns<some.value, kSome.value, false, false>(x, nb, y.row + t, stepsAt(t), j, count, old);
      });
  };
  size_t j = 0;
  for (; j + W <= d; j += W) columns(Constant<false>{}, j, W);
  if (j < d) columns(Constant<true>{}, j, d - j);
}

// Steps for the contexts x of a centre, in blocks without repetitions.
INLINE void sgnsContexts(const SgnsSet& x, const SgnsSet& y, size_t d, float rate, SgnsLoss& loss) {
  for (size_t from = 0, to = 0; from < x.size; from = to) {
    auto isNew = [&] {
      for (size_t i = from; i < to; i++)
        if (x.id[i] == x.id[to]) return false;
      return true;
    };
    while (to < x.size && to - from < kSgnsBlock && isNew()) to++;
    sgnsBlock(x.row + from, to - from, y, d, rate, loss);
  }
}

}  // namespace
