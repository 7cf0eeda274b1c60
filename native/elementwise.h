// Kernels without structure: every element for itself.
#pragma once
#include "kernels.h"
#include "simd.h"

namespace {
using namespace homophily;

constexpr size_t kStretch = 16384;  // elements per chunk

// out[i] = f(x…[i]) in chunks. f takes and returns vectors; `nanoseconds` per element is a rough guess.
template <class F, class... In>
INLINE void mapAll(Team team, size_t n, float* out, double nanoseconds, const F& f, const In*... in) {
  team.run(ceilDiv(n, kStretch), n * nanoseconds, [&](size_t chunk) {
    size_t i = chunk * kStretch;
    const size_t end = smaller(n, i + kStretch);
    for (; i + W <= end; i += W) store(out + i, f(load(in + i)...));
    if (i < end) storeSome(out + i, f(loadSome(in + i, end - i)...), end - i);
  });
}

void unary(Team team, Unary op, Floats x, Floats out, float a) {
  auto map = [&](double cost, auto f) { mapAll(team, x.length, out.data, cost, f, x.data); };
  switch (op) {
    case Unary::relu: return map(.2, [](vf v) { return v < vf{} ? vf{} : v; });
    case Unary::leakyRelu: return map(.2, [a](vf v) { return v < vf{} ? v * a : v; });
    case Unary::elu: return map(.6, [](vf v) { return v < vf{} ? expMinusOne(v) : v; });
    case Unary::sigmoid: return map(.6, [](vf v) { return sigmoidOf(v); });
    case Unary::tanh: return map(.8, [](vf v) { return tanhOf(v); });
    case Unary::softplus: return map(1, [](vf v) { return softplusOf(v); });
    case Unary::exp: return map(.5, [](vf v) { return expOf(v); });
    case Unary::log: return map(.5, [](vf v) { return logOf(v); });
    case Unary::sqrt: return map(.4, [](vf v) { return squareRoot(v); });
    case Unary::square: return map(.2, [](vf v) { return v * v; });
    case Unary::reciprocal: return map(.4, [](vf v) { return 1.f / v; });
  }
}

void unaryGrad(Team team, Unary op, Floats x, Floats y, Floats gy, Floats gx, float a) {
  // Each op reads only the one of x and y that it needs.
  auto fromX = [&](double cost, auto f) {
    auto step = [f](vf old, vf g, vf v) { return old + g * f(v); };
    mapAll(team, gx.length, gx.data, cost, step, gx.data, gy.data, x.data);
  };
  auto fromY = [&](double cost, auto f) {
    auto step = [f](vf old, vf g, vf v) { return old + g * f(v); };
    mapAll(team, gx.length, gx.data, cost, step, gx.data, gy.data, y.data);
  };
  const vf one = splat(1), zero{};
  switch (op) {
    case Unary::relu: return fromX(.3, [=](vf v) { return v > zero ? one : zero; });
    case Unary::leakyRelu: return fromX(.3, [=](vf v) { return v > zero ? one : splat(a); });
    // y > 0 just where x > 0.
    case Unary::elu: return fromY(.3, [=](vf v) { return v > zero ? one : v + 1.f; });
    case Unary::sigmoid: return fromY(.3, [=](vf v) { return v * (1.f - v); });
    case Unary::tanh: return fromY(.3, [=](vf v) { return 1.f - v * v; });
    case Unary::softplus: return fromX(.7, [=](vf v) { return sigmoidOf(v); });
    case Unary::exp: return fromY(.3, [=](vf v) { return v; });
    case Unary::log: return fromX(.4, [=](vf v) { return v > splat(1e-38f) ? 1.f / v : zero; });
    case Unary::sqrt: return fromY(.4, [=](vf v) { return v == zero ? zero : .5f / v; });
    case Unary::square: return fromX(.3, [=](vf v) { return v + v; });
    case Unary::reciprocal: return fromY(.3, [=](vf v) { return -v * v; });
  }
}

void binary(Team team, Binary op, Floats x, Floats y, Floats out) {
  auto map = [&](auto f) { mapAll(team, x.length, out.data, .25, f, x.data, y.data); };
  switch (op) {
    case Binary::add: return map([](vf a, vf b) { return a + b; });
    case Binary::sub: return map([](vf a, vf b) { return a - b; });
    case Binary::mul: return map([](vf a, vf b) { return a * b; });
    case Binary::div: return map([](vf a, vf b) { return a / b; });
  }
}

void axpy(Team team, float alpha, Floats x, Floats y) {
  mapAll(team, x.length, y.data, .25, [=](vf a, vf b) { return b + alpha * a; }, x.data, y.data);
}

void fill(Team team, float value, Floats out) {
  mapAll(team, out.length, out.data, .1, [=] { return splat(value); });
}

void affine(Team team, float alpha, float beta, Floats x, Floats out) {
  mapAll(team, x.length, out.data, .2, [=](vf a) { return alpha * a + beta; }, x.data);
}

double sum(Team team, Floats x) {
  constexpr size_t H = W / 2;
  typedef float half __attribute__((vector_size(4 * H)));
  typedef float halfu __attribute__((vector_size(4 * H), aligned(4), may_alias));
  typedef double wide __attribute__((vector_size(8 * H)));
  // At most 1024 chunks, so that their sums fit on the stack.
  const size_t stretch = larger(kStretch, ceilDiv(x.length, 1024));
  const size_t chunks = ceilDiv(x.length, stretch);
  double partial[1024];
  team.run(chunks, x.length * .15, [&](size_t chunk) {
    size_t i = chunk * stretch;
    const size_t end = smaller(x.length, i + stretch);
    wide s[4] = {};
    for (; i + 4 * H <= end; i += 4 * H)
      for (size_t j = 0; j < 4; j++)
        s[j] += __builtin_convertvector((half)*reinterpret_cast<const halfu*>(x.data + i + j * H), wide);
    const wide all = (s[0] + s[1]) + (s[2] + s[3]);
    double total = 0;
    for (size_t j = 0; j < H; j++) total += all[j];
    for (; i < end; i++) total += x.data[i];
    partial[chunk] = total;
  });
  double total = 0;
  for (size_t chunk = 0; chunk < chunks; chunk++) total += partial[chunk];
  return total;
}

INLINE vu mix(vu x) {
  x = (x ^ (x >> 16)) * 0x21f0aaadu;
  x = (x ^ (x >> 15)) * 0x735a2d97u;
  return x ^ (x >> 15);
}

void uniform(Team team, int32_t seed, Floats out) {
  vu lane;
  for (size_t i = 0; i < W; i++) lane[i] = (uint32_t)i;
  team.run(ceilDiv(out.length, kStretch), out.length * .3, [&](size_t chunk) {
    const size_t end = smaller(out.length, (chunk + 1) * kStretch);
    for (size_t i = chunk * kStretch; i < end; i += W) {
      const vu at = lane + ((uint32_t)i + (uint32_t)seed * 0x9e3779b9u);
      const vu hash = mix(mix(at) ^ (uint32_t)seed);
      const vf x = __builtin_convertvector((vi)(hash >> 8), vf) * (1.f / 16777216);
      if (i + W <= end) store(out.data + i, x);
      else storeSome(out.data + i, x, end - i);
    }
  });
}

void adam(Team team, Floats p, Floats g, Floats m, Floats v, double rate, double beta1, double beta2, double epsilon,
          double l2, double decay, double step) {
  const float b1 = (float)beta1, b2 = (float)beta2, c1 = (float)(1 - beta1), c2 = (float)(1 - beta2);
  const float rateNow = (float)(rate / (1 - __builtin_pow(beta1, step)));
  const float scale = (float)(1 / __builtin_sqrt(1 - __builtin_pow(beta2, step)));
  const float eps = (float)epsilon, penalty = (float)l2, keep = (float)(1 - rate * decay);
  const size_t n = p.length;
  team.run(ceilDiv(n, kStretch), n * 1., [&](size_t chunk) {
    auto update = [&](vf& weight, vf gradient, vf& mean, vf& square) INLINE_LAMBDA {
      gradient = gradient + penalty * weight;
      mean = b1 * mean + c1 * gradient;
      square = b2 * square + (c2 * gradient) * gradient;
      weight = keep * weight - rateNow * mean / (squareRoot(square) * scale + eps);
    };
    size_t i = chunk * kStretch;
    const size_t end = smaller(n, i + kStretch);
    for (; i + W <= end; i += W) {
      vf weight = load(p.data + i), mean = load(m.data + i), square = load(v.data + i);
      update(weight, load(g.data + i), mean, square);
      store(m.data + i, mean);
      store(v.data + i, square);
      store(p.data + i, weight);
    }
    if (i < end) {
      const size_t some = end - i;
      vf weight = loadSome(p.data + i, some), mean = loadSome(m.data + i, some), square = loadSome(v.data + i, some);
      update(weight, loadSome(g.data + i, some), mean, square);
      storeSome(m.data + i, mean, some);
      storeSome(v.data + i, square, some);
      storeSome(p.data + i, weight, some);
    }
  });
}

void sgd(Team team, Floats p, Floats g, Floats velocity, float rate, float momentum, float l2) {
  const size_t n = p.length;
  team.run(ceilDiv(n, kStretch), n * .5, [&](size_t chunk) {
    const size_t end = smaller(n, (chunk + 1) * kStretch);
    for (size_t i = chunk * kStretch; i < end; i += W) {
      const size_t some = smaller(W, end - i);
      const vf weight = loadSome(p.data + i, some);
      const vf speed = momentum * loadSome(velocity.data + i, some) + loadSome(g.data + i, some) + l2 * weight;
      storeSome(velocity.data + i, speed, some);
      storeSome(p.data + i, weight - rate * speed, some);
    }
  });
}

}  // namespace
