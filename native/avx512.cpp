#define ISA_TABLE avx512Kernels
#define ISA_NAME "avx512"
#define LANES 16
#define TILE_ROWS 12
#include "isa.h"
