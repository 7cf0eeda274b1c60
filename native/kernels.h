// The kernels of src/kernels/types.ts, once per instruction set.
#pragma once
#include <cstddef>
#include <cstdint>

#include "pool.h"

namespace homophily {

enum class Unary { relu, leakyRelu, elu, sigmoid, tanh, softplus, exp, log, sqrt, square, reciprocal };
enum class Binary { add, sub, mul, div };
enum class Reduction { sum, sumSquares, max, logSumExp };

template <class T>
struct Span {
  T* data;
  size_t length;
};
using Floats = Span<float>;
using Ints = Span<const int32_t>;
using Offsets = Span<const uint32_t>;
using Bytes = Span<const uint8_t>;

struct KernelTable {
  const char* isa;
  void (*gemm)(Team, bool transA, bool transB, size_t m, size_t n, size_t k, float alpha, Floats a, size_t lda, Floats b,
               size_t ldb, float beta, Floats c, size_t ldc);
  void (*spmm)(Team, Offsets indptr, Ints indices, Floats values, Floats x, size_t d, float alpha, float beta, Floats y,
               Ints rows, Bytes mask);
  void (*gatherRows)(Team, Floats x, size_t d, Ints index, Floats out);
  void (*scatterAddRows)(Team, Floats x, size_t d, Ints index, Floats out);
  void (*unary)(Team, Unary op, Floats x, Floats out, float a);
  void (*unaryGrad)(Team, Unary op, Floats x, Floats y, Floats gy, Floats gx, float a);
  void (*binary)(Team, Binary op, Floats x, Floats y, Floats out);
  void (*axpy)(Team, float alpha, Floats x, Floats y);
  void (*fill)(Team, float value, Floats out);
  void (*affine)(Team, float alpha, float beta, Floats x, Floats out);
  void (*rowDot)(Team, Floats a, Floats b, size_t rows, size_t d, Floats out);
  void (*scaleRows)(Team, Floats x, Floats s, size_t rows, size_t d, float beta, Floats out);
  void (*addToRows)(Team, Floats x, Floats v, size_t rows, size_t d, Floats out);
  void (*rowReduce)(Team, Reduction op, Floats x, size_t rows, size_t d, Floats out);
  void (*rowSoftmax)(Team, Floats x, size_t rows, size_t d, Floats out);
  void (*columnSum)(Team, Floats x, size_t rows, size_t d, float beta, Floats out);
  double (*sum)(Team, Floats x);
  void (*transpose)(Team, Floats x, size_t rows, size_t cols, Floats out);
  void (*uniform)(Team, int32_t seed, Floats out);
  void (*adam)(Team, Floats p, Floats g, Floats m, Floats v, double rate, double beta1, double beta2, double epsilon,
               double l2, double decay, double step);
  void (*sgd)(Team, Floats p, Floats g, Floats velocity, float rate, float momentum, float l2);
  void (*topK)(Team, Floats scores, size_t rows, size_t n, size_t k, Offsets maskPtr, Ints maskIndices, Ints maskRows,
               Span<int32_t> outIndex, Floats outScore);
  void (*sgns)(Team, Ints tokens, Offsets offsets, Floats input, Floats output, size_t d, Offsets noise, Offsets keep,
               Floats stats, size_t window, size_t negatives, bool shared, bool deterministic, int32_t seed, size_t first,
               double rate, double rateEnd);
  void (*nearestCentres)(Team, Floats x, size_t rows, size_t d, Floats centres, size_t k, Span<int32_t> labels, Floats scores,
                         Floats sums);
  // Billions of float operations a second in a loop of nothing but multiply-adds.
  double (*peakFlops)(Team);
};

extern const KernelTable baselineKernels;
#if defined(__x86_64__)
extern const KernelTable avx2Kernels;
extern const KernelTable avx512Kernels;
#endif

}  // namespace homophily
