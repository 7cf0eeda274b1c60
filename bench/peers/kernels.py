"""Single kernels in PyTorch on the CPU, as a peer for `npm run bench -- kernels`.

Reads one JSON line {"threads", "graph" (raw int32: rows, nnz, offsets, columns)} and answers {"version"}; then for each line
"NAME ROUNDS" answers {"seconds"}, the fastest round.
"""

import json
import sys
import time

import numpy as np
import torch


def main():
    config = json.loads(sys.stdin.readline())
    torch.set_num_threads(config["threads"])
    raw = np.fromfile(config["graph"], dtype=np.int32)
    rows, nnz = int(raw[0]), int(raw[1])
    offsets, columns = torch.from_numpy(raw[2 : rows + 3].copy()), torch.from_numpy(raw[rows + 3 :].copy())
    csr = torch.sparse_csr_tensor(offsets, columns, torch.ones(nnz), (rows, rows))
    x = torch.randn(rows, 64)
    a, b = torch.randn(4096, 500), torch.randn(500, 500)
    p = torch.nn.Parameter(torch.randn(10_000_000))
    p.grad = torch.randn(10_000_000)
    adam = torch.optim.Adam([p], lr=1e-3, fused=True)
    users, items = torch.randn(1024, 64), torch.randn(40_000, 64)
    work = {
        "gemm": lambda: a @ b,
        "spmm": lambda: csr @ x,
        "adam": adam.step,
        "topk": lambda: torch.topk(users @ items.T, 20),
        "softplus": lambda: torch.nn.functional.softplus(p.data),
    }
    print(json.dumps({"version": torch.__version__}), flush=True)
    with torch.no_grad():
        for line in sys.stdin:
            name, rounds = line.split()
            best = float("inf")
            for _ in range(int(rounds)):
                start = time.perf_counter()
                work[name]()
                best = min(best, time.perf_counter() - start)
            print(json.dumps({"seconds": best}), flush=True)


main()
