// Kernels on the rows or columns of a dense matrix.
#pragma once
#include "elementwise.h"

namespace {

// Runs body(first row, last row + 1) on stretches of rows of about kStretch elements.
template <class F>
INLINE void overRows(Team team, size_t rows, size_t d, double nanoseconds, const F& body) {
  const size_t stretch = larger(1, kStretch / larger(1, d));
  team.run(ceilDiv(rows, stretch), rows * (d * nanoseconds + 2), [&](size_t chunk) {
    body(chunk * stretch, smaller(rows, (chunk + 1) * stretch));
  });
}

// Folds a row into vectors; lanes beyond its end are read as `neutral`. Four accumulators hide the latency.
template <class F>
INLINE void foldRow(const float* x, size_t d, float neutral, vf (&s)[4], const F& fold) {
  size_t j = 0;
  for (; j + 4 * W <= d; j += 4 * W)
    for (size_t t = 0; t < 4; t++) s[t] = fold(s[t], load(x + j + t * W));
  for (; j + W <= d; j += W) s[0] = fold(s[0], load(x + j));
  if (j < d) s[1] = fold(s[1], loadSome(x + j, d - j, neutral));
}

// out[j] = f(x[j], …) on a row.
template <class F, class... In>
INLINE void mapRow(size_t d, float* out, const F& f, const In*... in) {
  size_t j = 0;
  for (; j + W <= d; j += W) store(out + j, f(load(in + j)...));
  if (j < d) storeSome(out + j, f(loadSome(in + j, d - j)...), d - j);
}

void gatherRows(Team team, Floats x, size_t d, Ints index, Floats out) {
  overRows(team, index.length, d, .5, [&](size_t i, size_t end) {
    const size_t last = index.length - 1;
    for (; i < end; i++) {
      const float* ahead = x.data + (size_t)index.data[smaller(i + 8, last)] * d;
      for (size_t j = 0; j < smaller(d, 256); j += 16) __builtin_prefetch(ahead + j);
      mapRow(d, out.data + i * d, [](vf v) { return v; }, x.data + (size_t)index.data[i] * d);
    }
  });
}

// Rows may meet in one target, so the work is cut by columns: each chunk adds its columns of every row in order.
void scatterAddRows(Team team, Floats x, size_t d, Ints index, Floats out) {
  const size_t width = d <= 64 ? larger(16, ceilDiv(ceilDiv(d, 4), 16) * 16) : 32;
  const size_t n = index.length;
  if (n == 0) return;
  team.run(ceilDiv(d, width), n * d * .5, [&](size_t chunk) {
    const size_t first = chunk * width, columns = smaller(width, d - first);
    for (size_t i = 0; i < n; i++) {
      const float* ahead = out.data + (size_t)index.data[smaller(i + 8, n - 1)] * d + first;
      __builtin_prefetch(ahead, 1);
      if (columns > 16) __builtin_prefetch(ahead + 16, 1);
      float* to = out.data + (size_t)index.data[i] * d + first;
      mapRow(columns, to, [](vf a, vf b) { return a + b; }, to, x.data + i * d + first);
    }
  });
}

void rowDot(Team team, Floats a, Floats b, size_t rows, size_t d, Floats out) {
  overRows(team, rows, d, .25, [&](size_t i, size_t end) {
    for (; i < end; i++) {
      const float *x = a.data + i * d, *y = b.data + i * d;
      vf s[2] = {};
      size_t j = 0;
      for (; j + 2 * W <= d; j += 2 * W) {
        s[0] += load(x + j) * load(y + j);
        s[1] += load(x + j + W) * load(y + j + W);
      }
      if (j + W <= d) {
        s[0] += load(x + j) * load(y + j);
        j += W;
      }
      if (j < d) s[1] += loadSome(x + j, d - j) * loadSome(y + j, d - j);
      out.data[i] = sumLanes(s[0] + s[1]);
    }
  });
}

void scaleRows(Team team, Floats x, Floats s, size_t rows, size_t d, float beta, Floats out) {
  overRows(team, rows, d, .25, [&](size_t i, size_t end) {
    for (; i < end; i++) {
      const float* from = x.data + i * d;
      float* to = out.data + i * d;
      const float scale = s.data[i];
      if (beta == 0) mapRow(d, to, [=](vf v) { return v * scale; }, from);
      else mapRow(d, to, [=](vf v, vf old) { return v * scale + old * beta; }, from, to);
    }
  });
}

void addToRows(Team team, Floats x, Floats v, size_t rows, size_t d, Floats out) {
  overRows(team, rows, d, .25, [&](size_t i, size_t end) {
    for (; i < end; i++) mapRow(d, out.data + i * d, [](vf a, vf b) { return a + b; }, x.data + i * d, v.data);
  });
}

INLINE float rowMax(const float* x, size_t d) {
  const vf low = splat(-kInfinity);
  vf s[4] = {low, low, low, low};
  foldRow(x, d, -kInfinity, s, [](vf best, vf v) { return v > best ? v : best; });
  for (size_t t = 1; t < 4; t++) s[0] = s[t] > s[0] ? s[t] : s[0];
  return maxLanes(s[0]);
}

// Σ exp(x − top), where x itself may be written over by the terms.
INLINE float expSum(const float* x, size_t d, float top, float* out) {
  vf s{};
  size_t j = 0;
  for (; j + W <= d; j += W) {
    const vf e = expOf(load(x + j) - top);
    if (out) store(out + j, e);
    s += e;
  }
  if (j < d) {
    const vf e = expOf(loadSome(x + j, d - j, -kInfinity) - top);
    if (out) storeSome(out + j, e, d - j);
    s += e;
  }
  return sumLanes(s);
}

void rowReduce(Team team, Reduction op, Floats x, size_t rows, size_t d, Floats out) {
  auto fold = [&](auto step) {
    overRows(team, rows, d, .2, [&](size_t i, size_t end) {
      for (; i < end; i++) {
        vf s[4] = {};
        foldRow(x.data + i * d, d, 0, s, step);
        out.data[i] = sumLanes((s[0] + s[1]) + (s[2] + s[3]));
      }
    });
  };
  switch (op) {
    case Reduction::sum: return fold([](vf s, vf v) { return s + v; });
    case Reduction::sumSquares: return fold([](vf s, vf v) { return s + v * v; });
    case Reduction::max:
      return overRows(team, rows, d, .2, [&](size_t i, size_t end) {
        for (; i < end; i++) out.data[i] = rowMax(x.data + i * d, d);
      });
    case Reduction::logSumExp:
      return overRows(team, rows, d, .8, [&](size_t i, size_t end) {
        for (; i < end; i++) {
          const float top = rowMax(x.data + i * d, d);
          const bool finite = top > -kInfinity && top < kInfinity;
          out.data[i] = finite ? top + logOf(splat(expSum(x.data + i * d, d, top, nullptr)))[0] : top;
        }
      });
  }
}

void rowSoftmax(Team team, Floats x, size_t rows, size_t d, Floats out) {
  overRows(team, rows, d, 1, [&](size_t i, size_t end) {
    for (; i < end; i++) {
      float* to = out.data + i * d;
      const float total = expSum(x.data + i * d, d, rowMax(x.data + i * d, d), to);
      mapRow(d, to, [=](vf v) { return v / total; }, to);
    }
  });
}

void columnSum(Team team, Floats x, size_t rows, size_t d, float beta, Floats out) {
  // At most 256 stretches of rows, each with sums of its own; sums over 64 rows at a time keep the rounding error small.
  const size_t stretch = larger(ceilDiv(rows, 256), larger(64, kStretch / larger(1, d)));
  const size_t chunks = larger(1, ceilDiv(rows, stretch));
  static thread_local Scratch scratch;
  float* partial = scratch.atLeast(chunks * d);
  memset(partial, 0, chunks * d * sizeof(float));
  team.run(chunks, rows * d * .2, [&](size_t chunk) {
    float* to = partial + chunk * d;
    const size_t end = smaller(rows, (chunk + 1) * stretch);
    for (size_t i = chunk * stretch; i < end; i += 64) {
      const size_t stop = smaller(end, i + 64);
      size_t j = 0;
      for (; j + 4 * W <= d; j += 4 * W) {
        vf s[4] = {};
        for (size_t r = i; r < stop; r++)
          for (size_t t = 0; t < 4; t++) s[t] += load(x.data + r * d + j + t * W);
        for (size_t t = 0; t < 4; t++) store(to + j + t * W, load(to + j + t * W) + s[t]);
      }
      for (; j < d; j += W) {
        const size_t some = smaller(W, d - j);
        vf s{};
        for (size_t r = i; r < stop; r++) s += loadSome(x.data + r * d + j, some);
        storeSome(to + j, loadSome(to + j, some) + s, some);
      }
    }
  });
  for (size_t j = 0; j < d; j++) {
    double total = 0;
    for (size_t chunk = 0; chunk < chunks; chunk++) total += partial[chunk * d + j];
    out.data[j] = (float)(total + (beta == 0 ? 0 : (double)beta * out.data[j]));
  }
}

void transpose(Team team, Floats x, size_t rows, size_t cols, Floats out) {
  constexpr size_t T = 64;
  const size_t across = ceilDiv(cols, T);
  team.run(ceilDiv(rows, T) * across, rows * cols * .5, [&](size_t chunk) {
    const size_t r0 = chunk / across * T, c0 = chunk % across * T;
    const size_t r1 = smaller(rows, r0 + T), c1 = smaller(cols, c0 + T);
    size_t r = r0;
    for (; r + 4 <= r1; r += 4) {
      size_t c = c0;
      for (; c + 4 <= c1; c += 4) transpose4(x.data + r * cols + c, cols, out.data + c * rows + r, rows);
      for (; c < c1; c++)
        for (size_t i = r; i < r + 4; i++) out.data[c * rows + i] = x.data[i * cols + c];
    }
    for (; r < r1; r++)
      for (size_t c = c0; c < c1; c++) out.data[c * rows + r] = x.data[r * cols + c];
  });
}

}  // namespace
