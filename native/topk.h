// The k best of each row.
#pragma once
#include "elementwise.h"

namespace {

// Whether candidate (s, i) comes after (t, j): a lower score, or an equal one further right.
INLINE bool after(float s, int32_t i, float t, int32_t j) { return s < t || (s == t && i > j); }

// Sinks the entry at `at` of a heap whose root is the last of its candidates in order.
INLINE void sink(float* score, int32_t* index, size_t size, size_t at, float s, int32_t i) {
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && after(score[child + 1], index[child + 1], score[child], index[child])) child++;
    if (!after(score[child], index[child], s, i)) break;
    score[at] = score[child];
    index[at] = index[child];
    at = child;
  }
  score[at] = s;
  index[at] = i;
}

void topKOfRow(const float* x, size_t n, size_t k, const int32_t* masked, const int32_t* maskEnd, int32_t* index,
               float* score) {
  size_t size = 0;
  float threshold = -kInfinity;
  // Columns come in ascending order, so a later one must beat the worst kept score strictly.
  auto offer = [&](float s, int32_t column) {
    while (masked < maskEnd && *masked < column) masked++;
    if (masked < maskEnd && *masked == column) return;
    if (size < k) {
      score[size] = s;
      index[size++] = column;
      if (size < k) return;
      for (size_t at = k / 2; at-- > 0;) sink(score, index, k, at, score[at], index[at]);
    } else {
      sink(score, index, k, 0, s, column);
    }
    threshold = score[0];
  };
  size_t j = 0;
  for (; j + 4 * W <= n; j += 4 * W) {
    const vf t = splat(threshold);
    const vf a = load(x + j), b = load(x + j + W), c = load(x + j + 2 * W), d = load(x + j + 3 * W);
    uint64_t hits = greaterMask(a, t) | (uint64_t)greaterMask(b, t) << W | (uint64_t)greaterMask(c, t) << (2 * W) |
                    (uint64_t)greaterMask(d, t) << (3 * W);
    for (; hits; hits &= hits - 1) {
      const size_t column = j + (size_t)__builtin_ctzll(hits);
      if (x[column] > threshold) offer(x[column], (int32_t)column);
    }
  }
  for (; j < n; j++)
    if (x[j] > threshold) offer(x[j], (int32_t)j);

  if (size < k)
    for (size_t at = size / 2; at-- > 0;) sink(score, index, size, at, score[at], index[at]);
  for (size_t last = size; last-- > 1;) {
    const float s = score[last];
    const int32_t i = index[last];
    score[last] = score[0];
    index[last] = index[0];
    sink(score, index, last, 0, s, i);
  }
  for (; size < k; size++) {
    score[size] = -kInfinity;
    index[size] = -1;
  }
}

void topK(Team team, Floats scores, size_t rows, size_t n, size_t k, Offsets maskPtr, Ints maskIndices, Ints maskRows,
          Span<int32_t> outIndex, Floats outScore) {
  if (k == 0) return;
  const size_t stretch = larger(1, kStretch / larger(1, n));
  team.run(ceilDiv(rows, stretch), rows * (n * .15 + k * 20.), [&](size_t chunk) {
    const size_t end = smaller(rows, (chunk + 1) * stretch);
    for (size_t i = chunk * stretch; i < end; i++) {
      const int32_t *masked = nullptr, *maskEnd = nullptr;
      if (maskPtr.data) {
        const size_t r = (size_t)maskRows.data[i];
        masked = maskIndices.data + maskPtr.data[r];
        maskEnd = maskIndices.data + maskPtr.data[r + 1];
      }
      topKOfRow(scores.data + i * n, n, k, masked, maskEnd, outIndex.data + i * k, outScore.data + i * k);
    }
  });
}

}  // namespace
