// Vectors of LANES floats in compiler vector syntax, the same source for every instruction set. Everything is in an unnamed
// namespace: were these functions shared between the files of different instruction sets, the linker would keep any one copy.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

namespace {

constexpr size_t W = LANES;
typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef float vfu __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

constexpr float kInfinity = __builtin_inff();

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }
INLINE size_t ceilDiv(size_t a, size_t b) { return (a + b - 1) / b; }

INLINE vf load(const float* p) { return *reinterpret_cast<const vfu*>(p); }
INLINE void store(float* p, vf x) { *reinterpret_cast<vfu*>(p) = x; }
INLINE vf splat(float x) { return x - vf{}; }
INLINE vi bits(vf x) { return (vi)x; }
INLINE vf floats(vi x) { return (vf)x; }

// The first n < W lanes; the others are read as `fill` and not written.
INLINE vf loadSome(const float* p, size_t n, float fill = 0) {
#if defined(__AVX512F__)
  return (vf)_mm512_mask_loadu_ps(_mm512_set1_ps(fill), (__mmask16)((1u << n) - 1), p);
#else
  vf x = splat(fill);
  for (size_t i = 0; i < n; i++) x[i] = p[i];
  return x;
#endif
}
INLINE void storeSome(float* p, vf x, size_t n) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
#else
  for (size_t i = 0; i < n; i++) p[i] = x[i];
#endif
}

// Bit i says whether x[i] > y[i] (never for NaN).
INLINE unsigned greaterMask(vf x, vf y) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask((__m512)x, (__m512)y, _CMP_GT_OQ);
#elif defined(__AVX2__)
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps((__m256)x, (__m256)y, _CMP_GT_OQ));
#elif defined(__x86_64__)
  return (unsigned)_mm_movemask_ps(_mm_cmpgt_ps((__m128)x, (__m128)y));
#else
  const vi greater = x > y;
  unsigned mask = 0;
  for (size_t i = 0; i < W; i++) mask |= (unsigned)(greater[i] & 1) << i;
  return mask;
#endif
}

INLINE vf squareRoot(vf x) {
#if defined(__AVX512F__)
  return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
  return (vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__)
  return (vf)_mm_sqrt_ps((__m128)x);
#elif defined(__aarch64__)
  return (vf)vsqrtq_f32((float32x4_t)x);
#else
  for (size_t i = 0; i < W; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

// Both keep a NaN in x.
INLINE vf atLeast(vf x, float low) { return x < splat(low) ? splat(low) : x; }
INLINE vf atMost(vf x, float high) { return x > splat(high) ? splat(high) : x; }
INLINE vf absolute(vf x) { return floats(bits(x) & 0x7fffffff); }

INLINE float sumLanes(vf x) {
  float s[W];
  memcpy(s, &x, sizeof s);
  for (size_t step = W / 2; step > 0; step /= 2)
    for (size_t i = 0; i < step; i++) s[i] += s[i + step];
  return s[0];
}
INLINE float maxLanes(vf x) {
  float best = x[0];
  for (size_t i = 1; i < W; i++) best = x[i] > best ? x[i] : best;
  return best;
}

// (exp(r) − 1 − r) / r² for |r| ≤ ln(2)/2: the Taylor series to r⁷/7!, whose next term is below 1e-8.
INLINE vf expTail(vf r) {
  return (((((r * (1.f / 5040) + 1.f / 720) * r + 1.f / 120) * r + 1.f / 24) * r + 1.f / 6) * r + 0.5f);
}
constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;

// exp(x) = 2ⁿ · exp(r) with x = n · ln 2 + r. 2ⁿ is applied in two halves, so that overflow gives ∞.
INLINE vf expOf(vf x) {
  x = atMost(atLeast(x, -104.f), 89.f);
  const vf magic = splat(12582912.f);  // 1.5 · 2²³: adding it rounds to an integer, kept in the low bits
  const vf shifted = x * 1.44269504f + magic;
  const vf n = shifted - magic;
  const vf r = (x - n * kLn2High) - n * kLn2Low;
  const vi exponent = bits(shifted) - bits(magic);
  const vi half = exponent >> 1;
  const vf y = (expTail(r) * r) * r + r + 1.f;
  return y * floats((half + 127) << 23) * floats((exponent - half + 127) << 23);
}

// log(x) = e · ln 2 + log(f), f in [√½, √2): with s = (f − 1)/(f + 1), log f = 2 · artanh s, by its series to s⁹.
INLINE vf logOfNormal(vf x) {
  const vi offset = (bits(x) - 0x3f3504f3) & (vi)((vu{} + 0xff800000u));
  const vf e = __builtin_convertvector(offset >> 23, vf);
  const vf f = floats(bits(x) - offset) - 1.f;
  const vf s = f / (f + 2.f);
  const vf z = s * s;
  const vf series = (((z * (1.f / 9) + 1.f / 7) * z + 1.f / 5) * z + 1.f / 3) * z;
  // f − s·f = 2s·… rearranged: 2s = f − s·f exactly up to rounding, with f the leading term.
  const vf y = f - s * (f - 2.f * series);
  return e * kLn2High + (y + e * kLn2Low);
}
// Denormals count as the clamp 1e-38.
INLINE vf logOf(vf x) {
  vf y = logOfNormal(x);
  y = x < splat(1.17549435e-38f) ? splat(-87.4982335f) : y;
  return (x < splat(kInfinity)) ? y : x;  // ∞ and NaN answer themselves
}

INLINE vf sigmoidOf(vf x) {
  const vf z = expOf(-absolute(x));
  return (x < vf{} ? z : splat(1.f)) / (z + 1.f);
}
// log(1 + z) with the rounding error of 1 + z put back.
INLINE vf softplusOf(vf x) {
  const vf z = expOf(-absolute(x));
  const vf u = z + 1.f;
  return atLeast(x, 0.f) + (logOfNormal(u) - ((u - 1.f) - z) / u);
}
INLINE vf expMinusOne(vf x) {
  const vf near = (expTail(x) * x) * x + x;
  return absolute(x) < splat(0.34f) ? near : expOf(x) - 1.f;
}
// tanh|x| = t/(t + 2) with t = exp(2|x|) − 1.
INLINE vf tanhOf(vf x) {
  const vf t = expMinusOne(2.f * atMost(absolute(x), 20.f));
  const vf y = t / (t + 2.f);
  return floats(bits(y) | (bits(x) & (vi)(vu{} + 0x80000000u)));
}

// Memory that a thread keeps between calls, 64-byte aligned.
struct Scratch {
  float* data = nullptr;
  size_t length = 0;
  ~Scratch() { __builtin_free(raw); }
  float* atLeast(size_t wanted) {
    if (wanted > length) {
      __builtin_free(raw);
      raw = __builtin_malloc(wanted * sizeof(float) + 64);
      if (!raw) __builtin_trap();
      data = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(raw) + 63) & ~uintptr_t(63));
      length = wanted;
    }
    return data;
  }

 private:
  void* raw = nullptr;
};

typedef float v4 __attribute__((vector_size(16)));
typedef float v4u __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t i4 __attribute__((vector_size(16)));
#if defined(__clang__)
#define SHUFFLE4(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define SHUFFLE4(a, b, i, j, k, l) __builtin_shuffle(a, b, i4{i, j, k, l})
#endif

// out[j][i] = x[i][j] of a 4×4 block.
INLINE void transpose4(const float* x, size_t stride, float* out, size_t outStride) {
  const v4 a = *(const v4u*)x, b = *(const v4u*)(x + stride);
  const v4 c = *(const v4u*)(x + 2 * stride), d = *(const v4u*)(x + 3 * stride);
  const v4 ab = SHUFFLE4(a, b, 0, 4, 1, 5), AB = SHUFFLE4(a, b, 2, 6, 3, 7);
  const v4 cd = SHUFFLE4(c, d, 0, 4, 1, 5), CD = SHUFFLE4(c, d, 2, 6, 3, 7);
  *(v4u*)out = SHUFFLE4(ab, cd, 0, 1, 4, 5);
  *(v4u*)(out + outStride) = SHUFFLE4(ab, cd, 2, 3, 6, 7);
  *(v4u*)(out + 2 * outStride) = SHUFFLE4(AB, CD, 0, 1, 4, 5);
  *(v4u*)(out + 3 * outStride) = SHUFFLE4(AB, CD, 2, 3, 6, 7);
}

}  // namespace
