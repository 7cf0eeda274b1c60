// Included once by each instruction set's file, which names the table (ISA_TABLE, ISA_NAME), LANES and TILE_ROWS.
#pragma once
#include "centres.h"
#include "elementwise.h"
#include "gemm.h"
#include "rows.h"
#include "sparse.h"
#include "sgns.h"
#include "topk.h"

namespace homophily {
const KernelTable ISA_TABLE = {
    ISA_NAME,  gemm,      spmm,      gatherRows, scatterAddRows, unary, unaryGrad, binary, axpy, fill, affine,
    rowDot,    scaleRows, addToRows, rowReduce, rowSoftmax, columnSum,      sum,   transpose, uniform, adam, sgd,    topK,
    sgns,      nearestCentres, peakFlops,
};
}
