// Dense matrix product after Goto & van de Geijn (2008): op(B) is packed into panels of kCols columns, op(A) into panels of
// kRows rows, and a register tile runs along both. Every element of C is summed over the same blocks of k in the same order
// whatever thread computes it.
#pragma once
#include "elementwise.h"

namespace {

constexpr size_t kCols = 2 * W;            // columns of a tile
constexpr size_t kRows = TILE_ROWS;        // rows of a tile: as many sums as fit in the registers
constexpr size_t kDepth = 512;             // most k in a block: a panel of A stays in the first-level cache, B streams
constexpr size_t kWide = 4096;             // most columns of B packed at a time
constexpr size_t kStack = 8;               // panels of B packed in one go
constexpr size_t kPacked = size_t(2) << 20;  // most floats of B packed at a time

// A factor as the packing sees it: element (p, w) for p along k and w along m or n.
struct Factor {
  const float* data;
  size_t stride;
  bool acrossK;  // (p, w) lies at w · stride + p, else at p · stride + w
  const float* at(size_t p, size_t w) const { return data + (acrossK ? w * stride + p : p * stride + w); }
};

// The panels of `count` columns w0 …, each of depth × kWidth floats in a row: out[p · kWidth + w] = (p0 + p, w0 + w), with
// zeros where a panel has less than kWidth columns.
template <size_t kWidth>
void pack(Factor from, size_t p0, size_t depth, size_t w0, size_t count, float* out) {
  const float* x = from.at(p0, w0);
  const size_t stride = from.stride, whole = count / kWidth;
  if (!from.acrossK) {
    // Whole lines of the source at a time, and the lines of later rows on their way: their distance defeats the hardware.
    for (size_t p = 0; p < depth; p++) {
      const float* row = x + p * stride;
      const float* ahead = x + smaller(p + 12, depth - 1) * stride;
      for (size_t w = 0; w < count; w += 16) __builtin_prefetch(ahead + w);
      for (size_t panel = 0; panel < whole; panel++)
        memcpy(out + (panel * depth + p) * kWidth, row + panel * kWidth, kWidth * sizeof(float));
    }
  } else {
    for (size_t panel = 0; panel < whole; panel++) {
      const float* rows = x + panel * kWidth * stride;
      float* to = out + panel * kWidth * depth;
      for (size_t p = 0; p + 4 <= depth; p += 16) {
        const size_t stop = smaller(depth - 3, p + 16);
        for (size_t w = 0; w < kWidth; w += 4) {
          const size_t first = smaller(w, kWidth - 4);  // the last four may overlap those before
          for (size_t q = p; q < stop; q += 4)
            transpose4(rows + first * stride + q, stride, to + q * kWidth + first, kWidth);
        }
      }
      for (size_t p = depth / 4 * 4; p < depth; p++)
        for (size_t w = 0; w < kWidth; w++) to[p * kWidth + w] = rows[w * stride + p];
    }
  }
  const size_t rest = count - whole * kWidth;
  if (rest == 0) return;
  const Factor last{from.at(p0, w0 + whole * kWidth), stride, from.acrossK};
  float* to = out + whole * kWidth * depth;
  for (size_t p = 0; p < depth; p++)
    for (size_t w = 0; w < kWidth; w++) to[p * kWidth + w] = w < rest ? *last.at(p, w) : 0.f;
}

using Tile = void (*)(size_t depth, const float* a, const float* b, float alpha, float beta, float* c, size_t ldc,
                      size_t rows, size_t cols);

// C = alpha · (A panel · B panel) + beta · C on the first rows × cols elements of an R × kCols tile.
template <size_t R>
void tile(size_t depth, const float* a, const float* b, float alpha, float beta, float* c, size_t ldc, size_t rows,
          size_t cols) {
  vf sum[R][2];
#pragma GCC unroll 16
  for (size_t i = 0; i < R; i++) {
    sum[i][0] = sum[i][1] = vf{};
    if (i < rows) {
      __builtin_prefetch(c + i * ldc, 1);
      __builtin_prefetch(c + i * ldc + cols - 1, 1);
    }
  }
#pragma GCC unroll 4
  for (size_t p = 0; p < depth; p++, a += kRows, b += kCols) {
    const vf b0 = load(b), b1 = load(b + W);
#pragma GCC unroll 16
    for (size_t i = 0; i < R; i++) {
      const vf x = splat(a[i]);
      sum[i][0] += x * b0;
      sum[i][1] += x * b1;
    }
  }
  const size_t left = smaller(W, cols), right = cols - left;
#pragma GCC unroll 16
  for (size_t i = 0; i < R; i++) {
    float* to = c + i * ldc;
    if (i < rows) {
      if (cols == kCols) {
        store(to, beta == 0 ? alpha * sum[i][0] : alpha * sum[i][0] + beta * load(to));
        store(to + W, beta == 0 ? alpha * sum[i][1] : alpha * sum[i][1] + beta * load(to + W));
      } else {
        storeSome(to, beta == 0 ? alpha * sum[i][0] : alpha * sum[i][0] + beta * loadSome(to, left), left);
        if (right)
          storeSome(to + W, beta == 0 ? alpha * sum[i][1] : alpha * sum[i][1] + beta * loadSome(to + W, right), right);
      }
    }
  }
}

constexpr size_t atMostRows(size_t rows) { return rows < kRows ? rows : kRows; }
// tiles[(rows − 1) / 2]: the least tile with that many rows.
constexpr Tile tiles[] = {tile<2>,
                          tile<4>,
                          tile<6>,
                          tile<atMostRows(8)>,
                          tile<atMostRows(10)>,
                          tile<atMostRows(12)>,
                          tile<atMostRows(14)>};
static_assert(kRows >= 6 && kRows <= 14 && kRows % 2 == 0, "tiles has every size");

void product(Team team, Factor a, Factor b, size_t m, size_t n, size_t from, size_t k, float alpha, float beta, float* c,
             size_t ldc) {
  static thread_local Scratch packedB;
  const size_t blocks = ceilDiv(k, kDepth);
  const size_t panels = ceilDiv(m, kRows);
  auto cut = [&](size_t block) { return block * k / blocks; };

  for (size_t n0 = 0; n0 < n; n0 += kWide) {
    const size_t width = smaller(kWide, n - n0), across = ceilDiv(width, kCols), padded = across * kCols;
    const size_t group = larger(1, kPacked / (padded * kDepth));
    for (size_t first = 0; first < blocks; first += group) {
      const size_t last = smaller(blocks, first + group), k0 = cut(first);
      float* const bs = packedB.atLeast(padded * (cut(last) - k0));
      const size_t stacks = ceilDiv(across, kStack);
      team.run(stacks * (last - first), padded * (cut(last) - k0) * .4, [&](size_t chunk) {
        const size_t block = first + chunk / stacks, j = chunk % stacks * kStack * kCols;
        const size_t p = cut(block), depth = cut(block + 1) - p;
        pack<kCols>(b, from + p, depth, n0 + j, smaller(kStack * kCols, width - j), bs + (p - k0) * padded + j * depth);
      });

      // Stretches of A's panels times strips of B's, eight or more for each thread. (How C is cut changes no sum.)
      const size_t shares = team.threads > 1 ? 8 * (size_t)team.threads : 1;
      const size_t tall = larger(1, smaller(8, panels / shares));
      const size_t strips = larger(ceilDiv(width, 1024), smaller(across, ceilDiv(shares, panels)));
      const size_t stripPanels = ceilDiv(across, strips), wide = ceilDiv(across, stripPanels);
      team.run(ceilDiv(panels, tall) * wide, (double)m * width * (cut(last) - k0) * .015, [&](size_t chunk) {
        static thread_local Scratch packedA;
        const size_t i0 = chunk / wide * tall, i1 = smaller(panels, i0 + tall);
        const size_t j0 = chunk % wide * stripPanels, j1 = smaller(across, j0 + stripPanels);
        for (size_t block = first; block < last; block++) {
          const size_t p = cut(block), depth = cut(block + 1) - p;
          float* const as = packedA.atLeast(8 * kRows * kDepth);
          pack<kRows>(a, from + p, depth, i0 * kRows, smaller(i1 * kRows, m) - i0 * kRows, as);
          const float scale = block == 0 ? beta : 1.f;
          for (size_t j = j0; j < j1; j++) {
            const size_t cols = smaller(kCols, width - j * kCols);
            for (size_t i = i0; i < i1; i++) {
              const size_t rows = smaller(kRows, m - i * kRows);
              tiles[(rows - 1) / 2](depth, as + (i - i0) * kRows * depth, bs + (p - k0) * padded + j * kCols * depth, alpha,
                                    scale, c + i * kRows * ldc + n0 + j * kCols, ldc, rows, cols);
            }
          }
        }
      });
    }
  }
}

// C = sum of the partial products + beta · C, in order.
INLINE void addParts(Team team, const float* parts, size_t splits, size_t m, size_t n, float beta, float* c, size_t ldc) {
  team.run(m, splits * m * n * .2, [&](size_t i) {
    float* to = c + i * ldc;
    for (size_t j = 0; j < n; j += W) {
      const size_t some = smaller(W, n - j);
      vf sum{};
      for (size_t s = 0; s < splits; s++) sum += loadSome(parts + (s * m + i) * n + j, some);
      storeSome(to + j, beta == 0 ? sum : sum + beta * loadSome(to + j, some), some);
    }
  });
}

void gemm(Team team, bool transA, bool transB, size_t m, size_t n, size_t k, float alpha, Floats a, size_t lda, Floats b,
          size_t ldb, float beta, Floats c, size_t ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < n; j++) c.data[i * ldc + j] = beta == 0 ? 0.f : beta * c.data[i * ldc + j];
    return;
  }
  const Factor left{a.data, lda, !transA}, right{b.data, ldb, transB};
  // A small C with a long sum has too few tiles to share out: cut the sum instead. The cuts depend on the shapes alone.
  const size_t splits = smaller(smaller(32, k / 1024), (size_t(4) << 20) / (m * n));
  if (m * n > 512 * 512 || splits < 2) {
    product(team, left, right, m, n, 0, k, alpha, beta, c.data, ldc);
    return;
  }
  static thread_local Scratch scratch;
  float* const parts = scratch.atLeast(splits * m * n);
  team.run(splits, (double)m * n * k * .015, [&](size_t s) {
    const size_t p = s * k / splits;
    product(Team{1}, left, right, m, n, p, (s + 1) * k / splits - p, alpha, 0, parts + s * m * n, n);
  });
  addParts(team, parts, splits, m, n, beta, c.data, ldc);
}

// A tile's worth of independent multiply-adds on registers, over and over.
double peakFlops(Team team) {
  constexpr size_t kLoops = 2000000 / kRows;
  float out[256] = {};
  const size_t chunks = smaller(256, 16 * (size_t)team.threads);
  team.run(chunks, 1e9, [&](size_t chunk) {
    vf sum[kRows][2];
#pragma GCC unroll 16
    for (size_t i = 0; i < kRows; i++) {
      sum[i][0] = splat((float)i);
      sum[i][1] = splat((float)i + .5f);
    }
    vf x = splat(.999f), y = splat(.001f);
    for (size_t p = 0; p < kLoops; p++) {
#pragma GCC unroll 16
      for (size_t i = 0; i < kRows; i++) {
        sum[i][0] = sum[i][0] * x + y;
        sum[i][1] = sum[i][1] * x + y;
      }
    }
    for (size_t i = 0; i < kRows; i++) out[chunk] += sum[i][0][0] + sum[i][1][0];
  });
  volatile float keep = out[0];
  (void)keep;
  return (double)kLoops * kRows * 2 * W * 2 * (double)chunks;
}

}  // namespace
