// The Node-API face of the kernels. Every export is called as f(isa, threads, …the arguments of types.ts).
#define NAPI_VERSION 8
#include <node_api.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <tuple>
#include <utility>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "kernels.h"

namespace homophily {
namespace {

// The best first. `usable[isa]` may be called on this machine.
const KernelTable* usable[3];
int usableCount = 0;

void detect() {
  usableCount = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    usable[usableCount++] = &avx512Kernels;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) usable[usableCount++] = &avx2Kernels;
#endif
  usable[usableCount++] = &baselineKernels;
}

template <class T>
struct Argument;
template <>
struct Argument<double> {
  static double from(napi_env env, napi_value value) {
    double number = 0;
    napi_get_value_double(env, value, &number);
    return number;
  }
};
template <>
struct Argument<float> {
  static float from(napi_env env, napi_value value) { return (float)Argument<double>::from(env, value); }
};
template <>
struct Argument<size_t> {
  static size_t from(napi_env env, napi_value value) { return (size_t)Argument<double>::from(env, value); }
};
template <>
struct Argument<int32_t> {
  static int32_t from(napi_env env, napi_value value) {
    int32_t number = 0;
    napi_get_value_int32(env, value, &number);
    return number;
  }
};
template <>
struct Argument<bool> {
  static bool from(napi_env env, napi_value value) {
    bool truth = false;
    napi_get_value_bool(env, value, &truth);
    return truth;
  }
};
template <>
struct Argument<Unary> {
  static Unary from(napi_env env, napi_value value) { return (Unary)Argument<int32_t>::from(env, value); }
};
template <>
struct Argument<Binary> {
  static Binary from(napi_env env, napi_value value) { return (Binary)Argument<int32_t>::from(env, value); }
};
template <>
struct Argument<Reduction> {
  static Reduction from(napi_env env, napi_value value) { return (Reduction)Argument<int32_t>::from(env, value); }
};
// null and undefined give no data.
template <class T>
struct Argument<Span<T>> {
  static Span<T> from(napi_env env, napi_value value) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) return {nullptr, 0};
    // An empty array may have no address; it is there all the same.
    return {data ? static_cast<T*>(data) : reinterpret_cast<T*>(sizeof(T)), length};
  }
};

template <auto kMember>
struct Export;
template <class R, class... Args, R (*KernelTable::*kMember)(Team, Args...)>
struct Export<kMember> {
  static napi_value call(napi_env env, napi_callback_info info) {
    return unpack(env, info, std::index_sequence_for<Args...>{});
  }
  template <size_t... kIndex>
  static napi_value unpack(napi_env env, napi_callback_info info, std::index_sequence<kIndex...>) {
    constexpr size_t kCount = 2 + sizeof...(Args);
    napi_value values[kCount];
    size_t count = kCount;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
    const int isa = Argument<int32_t>::from(env, values[0]);
    const Team team{Argument<int32_t>::from(env, values[1])};
    if (count < kCount || isa < 0 || isa >= usableCount) {
      napi_throw_type_error(env, nullptr, "homophily kernels: wrong number of arguments, or no such instruction set");
      return nullptr;
    }
    const std::tuple<Args...> args{Argument<Args>::from(env, values[2 + kIndex])...};
    const FlushDenormals flush;
    const auto kernel = usable[isa]->*kMember;
    if constexpr (std::is_void_v<R>) {
      kernel(team, std::get<kIndex>(args)...);
      return nullptr;
    } else {
      napi_value result;
      napi_create_double(env, kernel(team, std::get<kIndex>(args)...), &result);
      return result;
    }
  }
};

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// measurePeak(isa, threads, to, from): [GFLOP/s of multiply-adds in registers, GB/s read and written by copying `from`, the
// former by a second of one processor].
napi_value measurePeak(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  const KernelTable& table = *usable[Argument<int32_t>::from(env, values[0])];
  const Team team{Argument<int32_t>::from(env, values[1])};
  const Floats to = Argument<Floats>::from(env, values[2]), from = Argument<Floats>::from(env, values[3]);
  const FlushDenormals flush;
  double flops = 0, bytes = 0, ofProcessor = 0;
  constexpr size_t kPart = 1 << 18;
  for (int round = 0; round < 10; round++) {
    const clock_t processor = clock();
    double start = seconds();
    const double done = table.peakFlops(team);
    flops = std::max(flops, done / (seconds() - start) / 1e9);
    ofProcessor = std::max(ofProcessor, done / ((double)(clock() - processor) / CLOCKS_PER_SEC) / 1e9);
    start = seconds();
    team.run(from.length / kPart, 1e9, [&](size_t chunk) {
      memcpy(to.data + chunk * kPart, from.data + chunk * kPart, kPart * sizeof(float));
    });
    bytes = std::max(bytes, (double)(from.length / kPart * kPart) * 8 / (seconds() - start) / 1e9);
  }
  napi_value result, item;
  napi_create_array_with_length(env, 3, &result);
  const double figures[] = {flops, bytes, ofProcessor};
  for (uint32_t i = 0; i < 3; i++) {
    napi_create_double(env, figures[i], &item);
    napi_set_element(env, result, i, item);
  }
  return result;
}

// growPool(threads)
napi_value grow(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &value, nullptr, nullptr);
  growPool(Argument<int32_t>::from(env, value));
  return nullptr;
}

// oneArena(): whether the C library could be told
napi_value oneArena(napi_env env, napi_callback_info) {
#if defined(__GLIBC__)
  const bool told = mallopt(M_ARENA_MAX, 1) == 1;
#else
  const bool told = false;
#endif
  napi_value result;
  napi_get_boolean(env, told, &result);
  return result;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value start(napi_env env, napi_value exports) {
  static const bool once = [] {
    detect();
#if !defined(_WIN32)
    // Pool threads outlive the environment that loaded this library, so its code must stay mapped.
    Dl_info self;
    if (dladdr(reinterpret_cast<void*>(&detect), &self)) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
    return true;
  }();
  (void)once;

  napi_value names;
  napi_create_array_with_length(env, (size_t)usableCount, &names);
  for (int i = 0; i < usableCount; i++) {
    napi_value name;
    napi_create_string_utf8(env, usable[i]->isa, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, (uint32_t)i, name);
  }
  napi_set_named_property(env, exports, "isas", names);
  define(env, exports, "growPool", grow);
  define(env, exports, "measurePeak", measurePeak);
  define(env, exports, "oneArena", oneArena);
#define EXPORT(name) define(env, exports, #name, Export<&KernelTable::name>::call)
  EXPORT(gemm);
  EXPORT(spmm);
  EXPORT(gatherRows);
  EXPORT(scatterAddRows);
  EXPORT(unary);
  EXPORT(unaryGrad);
  EXPORT(binary);
  EXPORT(axpy);
  EXPORT(fill);
  EXPORT(affine);
  EXPORT(rowDot);
  EXPORT(scaleRows);
  EXPORT(addToRows);
  EXPORT(rowReduce);
  EXPORT(rowSoftmax);
  EXPORT(columnSum);
  EXPORT(sum);
  EXPORT(transpose);
  EXPORT(uniform);
  EXPORT(adam);
  EXPORT(sgd);
  EXPORT(topK);
  EXPORT(sgns);
  EXPORT(nearestCentres);
  return exports;
}

}  // namespace
}  // namespace homophily

NAPI_MODULE_INIT() { return homophily::start(env, exports); }
