#define ISA_TABLE avx2Kernels
#define ISA_NAME "avx2"
#define LANES 8
#define TILE_ROWS 6
#include "isa.h"
