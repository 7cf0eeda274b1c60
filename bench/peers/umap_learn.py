"""umap-learn for bench/umap.ts: settings as one JSON line, then lines of a data file, its shape, where the coordinates go, and how to start and seed: each a timed run."""

import json
import os
import resource
import sys
import time

settings = json.loads(sys.stdin.readline())
os.environ["NUMBA_NUM_THREADS"] = str(settings["threads"])

import numpy as np  # noqa: E402
import umap  # noqa: E402

# Compiled once, before anything is timed, for both ways of running.
warm = np.random.RandomState(0).normal(size=(5000, 8)).astype(np.float32)
for seed in (None, 1):
    umap.UMAP(n_epochs=2, random_state=seed, n_jobs=1 if seed else settings["threads"]).fit_transform(warm)
print(json.dumps({"version": umap.__version__}), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    x = np.fromfile(job["path"], dtype=np.float32).reshape(job["rows"], job["columns"])
    seed = job["seed"]
    model = umap.UMAP(n_neighbors=job["neighbours"], min_dist=job["minDistance"], init=job["init"],
                      random_state=seed, n_jobs=settings["threads"] if seed is None else 1)
    start, before = time.perf_counter(), time.process_time()
    at = model.fit_transform(x)
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    np.ascontiguousarray(at, dtype=np.float32).tofile(job["out"])
    print(json.dumps({
        "seconds": seconds,
        "cpu": cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }), flush=True)
