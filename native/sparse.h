// Sparse matrix times dense matrix.
#pragma once
#include "elementwise.h"

namespace {

struct SparseRow {
  const int32_t* index;
  const float* value;  // null: ones
  const uint8_t* mask;  // null: all columns count
  size_t begin, end;    // entries of this row
  size_t limit;         // entries up to here may be looked at to prefetch
};

constexpr size_t kAhead = 16;

template <auto kValue>
struct Constant {
  static constexpr auto value = kValue;
};

// out = alpha · Σ value · x[column] + beta · out on N vectors of columns, the last of `last` ≤ W floats if kPartial.
template <size_t N, bool kMasked, bool kPartial>
INLINE void sparseRow(const SparseRow& row, const float* x, size_t d, float alpha, float beta, float* out, size_t last) {
  // Few vectors are summed twice over, or each addition would wait for the one before.
  constexpr size_t kSets = N < 4 ? 2 : 1;
  vf sum[kSets][N] = {};
  auto add = [&](size_t e, vf* to) INLINE_LAMBDA {
    const size_t column = (size_t)row.index[e];
    const size_t ahead = (size_t)row.index[smaller(e + kAhead, row.limit)];
    if (!kMasked || row.mask[ahead])
      for (size_t j = 0; j < N * W; j += 16) __builtin_prefetch(x + ahead * d + j);
    if (kMasked && !row.mask[column]) return;
    const float value = row.value ? row.value[e] : 1.f;
    const float* from = x + column * d;
#pragma GCC unroll 8
    for (size_t j = 0; j < N; j++)
      to[j] += value * (kPartial && j == N - 1 ? loadSome(from + j * W, last) : load(from + j * W));
  };
  size_t e = row.begin;
  for (; e + 2 <= row.end; e += 2) {
    add(e, sum[0]);
    add(e + 1, sum[kSets - 1]);
  }
  if (e < row.end) add(e, sum[0]);
#pragma GCC unroll 8
  for (size_t j = 0; j < N; j++) {
    const vf total = alpha * (kSets == 2 ? sum[0][j] + sum[kSets - 1][j] : sum[0][j]);
    float* to = out + j * W;
    if (kPartial && j == N - 1) storeSome(to, beta == 0 ? total : total + beta * loadSome(to, last), last);
    else store(to, beta == 0 ? total : total + beta * load(to));
  }
}

template <bool kMasked>
INLINE void sparseProduct(Team team, Offsets indptr, Ints indices, Floats values, Floats x, size_t d, float alpha,
                          float beta, Floats y, Ints rows, Bytes mask) {
  const uint32_t* ptr = indptr.data;
  const size_t count = rows.data ? rows.length : indptr.length - 1;
  if (count == 0 || d == 0) return;
  const size_t nnz = indices.length;

  auto oneRow = [&](size_t i, size_t r, size_t limit) INLINE_LAMBDA {
    const SparseRow row{indices.data, values.data, mask.data, ptr[r], ptr[r + 1], limit};
    float* to = y.data + i * d;
    size_t j = 0;
    auto columns = [&](auto vectors, auto partial) INLINE_LAMBDA {
      sparseRow<vectors.value, kMasked, partial.value>(row, x.data + j, d, alpha, beta, to + j, (d - j) % W);
      j += vectors.value * W;
    };
    constexpr size_t kMost = W > 8 ? 4 : 8;
    while (j + kMost * W <= d) columns(Constant<kMost>{}, Constant<false>{});
    if (kMost > 4 && j + 4 * W <= d) columns(Constant<4>{}, Constant<false>{});
    if (j >= d) return;
    const bool partial = (d - j) % W != 0;
    switch (ceilDiv(d - j, W)) {
      case 1: return partial ? columns(Constant<1>{}, Constant<true>{}) : columns(Constant<1>{}, Constant<false>{});
      case 2: return partial ? columns(Constant<2>{}, Constant<true>{}) : columns(Constant<2>{}, Constant<false>{});
      case 3: return partial ? columns(Constant<3>{}, Constant<true>{}) : columns(Constant<3>{}, Constant<false>{});
      default: return columns(Constant<4>{}, Constant<true>{});
    }
  };

  if (rows.data) {
    constexpr size_t kRows = 32;
    const double guess = (double)nnz / (double)indptr.length * count;
    team.run(ceilDiv(count, kRows), (guess + count) * d * .1, [&](size_t chunk) {
      const size_t end = smaller(count, (chunk + 1) * kRows);
      for (size_t i = chunk * kRows; i < end; i++) {
        const size_t r = (size_t)rows.data[i];
        oneRow(i, r, ptr[r + 1] > ptr[r] ? ptr[r + 1] - 1 : ptr[r]);
      }
    });
    return;
  }
  // Chunks of equal weight, a row's being its entries and two more; rows are never split.
  const size_t weight = nnz + 2 * count;
  const size_t chunks = larger(1, smaller(4096, smaller(count, weight / 2048)));
  auto firstRow = [&](size_t chunk) {
    const size_t target = weight / chunks * chunk + smaller(chunk, weight % chunks);
    size_t low = 0, high = count;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (ptr[middle] + 2 * middle < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  team.run(chunks, (nnz + count) * d * .1, [&](size_t chunk) {
    const size_t end = chunk + 1 == chunks ? count : firstRow(chunk + 1);
    for (size_t r = firstRow(chunk); r < end; r++) oneRow(r, r, nnz - 1);
  });
}

void spmm(Team team, Offsets indptr, Ints indices, Floats values, Floats x, size_t d, float alpha, float beta, Floats y,
          Ints rows, Bytes mask) {
  if (mask.data) sparseProduct<true>(team, indptr, indices, values, x, d, alpha, beta, y, rows, mask);
  else sparseProduct<false>(team, indptr, indices, values, x, d, alpha, beta, y, rows, mask);
}

}  // namespace
