"""scikit-learn's k-means for bench/kmeans.ts: settings as one JSON line, then lines of algorithm and rounds, each a timed run."""

import json
import resource
import sys
import time

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

settings = json.loads(sys.stdin.readline())
n, d, k = settings["rows"], settings["columns"], settings["clusters"]
x = np.fromfile(settings["path"], dtype=np.float32).reshape(n, d)
init = np.fromfile(settings["init"], dtype=np.float32).reshape(k, d)
print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    algorithm, iterations = line.split()
    model = KMeans(k, init=init, n_init=1, tol=0, max_iter=int(iterations),
                   algorithm=algorithm, copy_x=False)
    with threadpool_limits(settings["threads"]):
        start, before = time.perf_counter(), time.process_time()
        model.fit(x)
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
    print(json.dumps({
        "seconds": seconds,
        "cpu": cpu,
        "inertia": float(model.inertia_),
        "iterations": int(model.n_iter_),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }), flush=True)
