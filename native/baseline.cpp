// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
#define ISA_TABLE baselineKernels
#define LANES 4
#if defined(__aarch64__)
#define ISA_NAME "neon"
#define TILE_ROWS 12
#else
#define ISA_NAME "baseline"
#define TILE_ROWS 6
#endif
#include "isa.h"
