"""LightGCN steps in PyTorch on the CPU, as a peer for `npm run bench -- lightgcn`.

Reads one JSON line {"users", "items", "path" (raw int32 user, item pairs), "dim", "layers", "batch", "rate", "l2", "threads"}
from standard input and answers {"version"}. Then, for each line "coo N" or "csr N", runs N training steps of that variant and
answers {"seconds"}.
- coo: as usually written; torch.sparse.mm on a coalesced COO tensor, autograd, torch.optim.Adam.
- csr: the fastest found; CSR products (MKL) with a hand-written symmetric backward, a running sum of layers, fused Adam.
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


class SymmetricProduct(torch.autograd.Function):
    """A @ x for a symmetric A: the gradient is A @ g, so no transposed copy is ever made."""

    @staticmethod
    def forward(ctx, a, x):
        ctx.a = a
        return a @ x

    @staticmethod
    def backward(ctx, g):
        return None, ctx.a @ g.contiguous()


def main():
    config = json.loads(sys.stdin.readline())
    torch.set_num_threads(config["threads"])
    torch.manual_seed(0)
    n_users, n_items = config["users"], config["items"]
    pairs = np.fromfile(config["path"], dtype=np.int32).reshape(-1, 2)
    user, item = torch.from_numpy(pairs[:, 0].astype(np.int64)), torch.from_numpy(pairs[:, 1].astype(np.int64))
    n = n_users + n_items
    row = torch.cat([user, item + n_users])
    col = torch.cat([item + n_users, user])
    degree = torch.bincount(row, minlength=n).float().clamp(min=1)
    values = degree[row].rsqrt() * degree[col].rsqrt()
    coo = torch.sparse_coo_tensor(torch.stack([row, col]), values, (n, n)).coalesce()
    csr = coo.to_sparse_csr()
    layers, batch, l2 = config["layers"], config["batch"], config["l2"]
    state = {}
    print(json.dumps({"version": torch.__version__}), flush=True)

    def fresh(name):
        embedding = torch.nn.Parameter(torch.randn(n, config["dim"]) * 0.1)
        fused = {"fused": True} if name == "csr" else {}
        state[name] = (embedding, torch.optim.Adam([embedding], lr=config["rate"], **fused))

    def step(name):
        embedding, optimiser = state[name]
        picked = torch.randint(len(user), (batch,))
        u, i = user[picked], item[picked] + n_users
        j = torch.randint(n_items, (batch,)) + n_users
        x, total = embedding, embedding
        outputs = [embedding]
        for _ in range(layers):
            if name == "coo":
                x = torch.sparse.mm(coo, x)
                outputs.append(x)
            else:
                x = SymmetricProduct.apply(csr, x)
                total = total + x
        final = torch.stack(outputs, dim=1).mean(dim=1) if name == "coo" else total / (layers + 1)
        eu, ei, ej = final[u], final[i], final[j]
        loss = F.softplus((eu * ej).sum(1) - (eu * ei).sum(1)).mean()
        base = embedding[torch.cat([u, i, j])]
        loss = loss + l2 * 0.5 * base.pow(2).sum() / batch
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    for line in sys.stdin:
        name, count = line.split()
        if name not in state:
            fresh(name)
            step(name)
        start = time.perf_counter()
        for _ in range(int(count)):
            step(name)
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


main()
