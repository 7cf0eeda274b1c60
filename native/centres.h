// One pass of k-means over the rows: the nearest centre of each, and the sums of the rows by centre while they are in the cache.
#pragma once
#include "elementwise.h"

namespace {

// Rows and centres of one tile: their dot products must fit the registers with something to spare.
constexpr size_t kTileRows = W >= 16 ? 4 : 2, kTileCentres = 4;
// As in assembly/centres.ts.
constexpr size_t kCentreChunks = 32, kCentreRows = 256;

// Dot products of rows and centres; pointers may repeat.
INLINE void tileProducts(const float* const (&x)[kTileRows], const float* const (&c)[kTileCentres], size_t d,
                         float (&out)[kTileRows][kTileCentres]) {
  vf s[kTileRows][kTileCentres] = {};
  size_t p = 0;
  for (; p + W <= d; p += W) {
    vf b[kTileCentres];
#pragma GCC unroll 4
    for (size_t j = 0; j < kTileCentres; j++) b[j] = load(c[j] + p);
#pragma GCC unroll 4
    for (size_t i = 0; i < kTileRows; i++) {
      const vf a = load(x[i] + p);
#pragma GCC unroll 4
      for (size_t j = 0; j < kTileCentres; j++) s[i][j] += a * b[j];
    }
  }
  if (p < d) {
    for (size_t i = 0; i < kTileRows; i++) {
      const vf a = loadSome(x[i] + p, d - p);
      for (size_t j = 0; j < kTileCentres; j++) s[i][j] += a * loadSome(c[j] + p, d - p);
    }
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < kTileRows; i++)
#pragma GCC unroll 4
    for (size_t j = 0; j < kTileCentres; j++) out[i][j] = sumLanes(s[i][j]);
}

void nearestCentres(Team team, Floats x, size_t rows, size_t d, Floats centres, size_t k, Span<int32_t> labels,
                    Floats scores, Floats sums) {
  if (k == 0) return;
  const size_t stretch = larger(kCentreRows, ceilDiv(rows, kCentreChunks)), chunks = ceilDiv(rows, stretch);
  const size_t size = sums.data ? k * d : 0;
  static thread_local Scratch scratch;
  float* const norms = scratch.atLeast(k + chunks * size);
  float* const parts = norms + k;
  for (size_t j = 0; j < k; j++) {
    float norm = 0;
    for (size_t p = 0; p < d; p++) norm += centres.data[j * d + p] * centres.data[j * d + p];
    norms[j] = norm;
  }
  team.run(chunks, (double)rows * d * (k * .05 + .1), [&](size_t chunk) {
    float* const part = parts + chunk * size;
    memset(part, 0, size * sizeof(float));
    const size_t end = smaller(rows, (chunk + 1) * stretch);
    for (size_t i = chunk * stretch; i < end; i += kTileRows) {
      const size_t some = smaller(kTileRows, end - i);
      const float* a[kTileRows];
      for (size_t r = 0; r < kTileRows; r++) a[r] = x.data + (i + smaller(r, some - 1)) * d;
      float best[kTileRows];
      int32_t label[kTileRows] = {};
      for (size_t r = 0; r < kTileRows; r++) best[r] = kInfinity;
      for (size_t j = 0; j < k; j += kTileCentres) {
        const float* b[kTileCentres];
        for (size_t t = 0; t < kTileCentres; t++) b[t] = centres.data + smaller(j + t, k - 1) * d;
        float dots[kTileRows][kTileCentres];
        tileProducts(a, b, d, dots);
        for (size_t r = 0; r < kTileRows; r++) {
          for (size_t t = 0; t < kTileCentres && j + t < k; t++) {
            const float score = norms[j + t] - 2 * dots[r][t];
            if (score < best[r]) {
              best[r] = score;
              label[r] = (int32_t)(j + t);
            }
          }
        }
      }
      for (size_t r = 0; r < some; r++) {
        labels.data[i + r] = label[r];
        scores.data[i + r] = best[r];
        if (!size) continue;
        float* const to = part + (size_t)label[r] * d;
        size_t p = 0;
        for (; p + W <= d; p += W) store(to + p, load(to + p) + load(a[r] + p));
        for (; p < d; p++) to[p] += a[r][p];
      }
    }
  });
  for (size_t at = 0; at < size; at++) {
    double total = 0;
    for (size_t chunk = 0; chunk < chunks; chunk++) total += parts[chunk * size + at];
    sums.data[at] = (float)total;
  }
}

}  // namespace
