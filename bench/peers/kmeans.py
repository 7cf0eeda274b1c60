"""scikit-learn's k-means for bench/kmeans.ts: settings as one JSON line, then `run` for each timed run from the same centres."""

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
    model = KMeans(k, init=init, n_init=1, tol=settings["tolerance"], max_iter=settings["iterations"],
                   algorithm=line.strip(), copy_x=False)
    with threadpool_limits(settings["threads"]):
        start = time.perf_counter()
        model.fit(x)
        seconds = time.perf_counter() - start
    print(json.dumps({
        "seconds": seconds,
        "inertia": float(model.inertia_),
        "iterations": int(model.n_iter_),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }), flush=True)
