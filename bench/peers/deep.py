"""Deep clustering steps in PyTorch on the CPU, as a peer for `npm run bench -- deep`.

Reads one JSON line from standard input, answers {"version"}; then, for each line with a number N, runs N steps and answers
{"seconds", "cpu" (seconds of processor time), "peak" (MiB)}.
- {"what": "pretrain", "rows", "columns", "hidden", "latent", "batch", "threads"}: steps of an autoencoder on random rows, fused
  Adam.
- {"what": "sdcn", "variant", "path", "rows", "columns", "clusters", "hidden", "latent", "threads"}: epochs of SDCN on all rows.
  path: raw int32; the number of stored features, their rows and columns, then the edges' rows and columns (loops included).
  variant "official": dense features, COO products, a second forward pass for the target, as the authors' code has it;
  "lean": sparse features in the first layers, CSR products, one forward pass, fused Adam.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stack(sizes):
    return nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])


def states(layers, x):
    out = []
    for i, layer in enumerate(layers):
        x = layer(x)
        if i < len(layers) - 1:
            x = F.relu(x)
        out.append(x)
    return out


def pretrain(config):
    sizes = [config["columns"], *config["hidden"], config["latent"]]
    x = torch.rand(config["rows"], config["columns"])
    encoder, decoder = stack(sizes), stack(sizes[::-1])
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, fused=True)

    def step():
        batch = x[torch.randint(len(x), (config["batch"],))]
        loss = F.mse_loss(states(decoder, states(encoder, batch)[-1])[-1], batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def sdcn(config):
    n, d, k = config["rows"], config["columns"], config["clusters"]
    raw = torch.from_numpy(np.fromfile(config["path"], dtype=np.int32).astype(np.int64))
    stored = int(raw[0])
    rows, cols, edges = raw[1 : 1 + stored], raw[1 + stored : 1 + 2 * stored], raw[1 + 2 * stored :].reshape(2, -1)
    degree = torch.bincount(edges[0], minlength=n).float()
    adjacency = torch.sparse_coo_tensor(edges, 1 / degree[edges[0]], (n, n)).coalesce()
    dense = torch.zeros(n, d)
    dense[rows, cols] = 1
    lean = config["variant"] == "lean"
    x = dense.to_sparse_csr() if lean else dense
    a = adjacency.to_sparse_csr() if lean else adjacency
    sizes = [d, *config["hidden"], config["latent"]]
    encoder, decoder = stack(sizes), stack(sizes[::-1])
    widths = [*sizes, k]
    weights = nn.ParameterList([nn.init.xavier_uniform_(torch.empty(p, q)) for p, q in zip(widths, widths[1:])])
    centres = nn.Parameter(torch.randn(k, config["latent"]))
    params = [*encoder.parameters(), *decoder.parameters(), *weights, centres]
    optimiser = torch.optim.Adam(params, lr=1e-3, **({"fused": True} if lean else {}))

    def product(x, w):
        return x @ w

    def forward():
        if lean:
            first = F.relu(product(x, encoder[0].weight.t()) + encoder[0].bias)
            h = [first, *states(encoder[1:], first)]
        else:
            h = states(encoder, x)
        z = F.relu(a @ product(x, weights[0]))
        for l in range(1, len(weights)):
            z = a @ ((0.5 * z + 0.5 * h[l - 1]) @ weights[l])
            if l < len(weights) - 1:
                z = F.relu(z)
        q = 1 / (1 + torch.sum((h[-1].unsqueeze(1) - centres) ** 2, 2))
        return states(decoder, h[-1])[-1], q / q.sum(1, keepdim=True), F.softmax(z, dim=1)

    def target(q):
        p = q**2 / q.sum(0)
        return (p.t() / p.sum(1)).t().detach()

    def step():
        p = None
        if not lean:
            _, q, _ = forward()
            p = target(q.data)
        x_hat, q, predicted = forward()
        if p is None:
            p = target(q.data)
        loss = (
            0.1 * F.kl_div(q.log(), p, reduction="batchmean")
            + 0.01 * F.kl_div(predicted.log(), p, reduction="batchmean")
            + F.mse_loss(x_hat, dense)
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def main():
    config = json.loads(sys.stdin.readline())
    torch.set_num_threads(config["threads"])
    torch.manual_seed(0)
    step = {"pretrain": pretrain, "sdcn": sdcn}[config["what"]](config)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            step()
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak()}), flush=True)


main()
