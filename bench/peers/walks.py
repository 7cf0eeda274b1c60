"""Random walks in plain Python, as a peer for `npm run bench -- walks`.

Reads one JSON line {"edges": file of "a b" lines} and answers {"version"}; then for each line "P Q STEPS" answers {"rate"}, steps per
second of walks of 40 nodes: a random choice among the neighbours, by rejection if P or Q is not 1.
"""

import json
import random
import sys
import time


def walk(neighbours, sets, start, p, q):
    path = [start]
    while len(path) < 40:
        row = neighbours[path[-1]]
        if len(path) == 1 or (p == 1 and q == 1):
            path.append(random.choice(row))
            continue
        before = path[-2]
        top = max(1 / p, 1, 1 / q)
        while True:
            x = random.choice(row)
            factor = 1 / p if x == before else 1 if x in sets[before] else 1 / q
            if random.random() * top < factor:
                break
        path.append(x)
    return path


def main():
    config = json.loads(sys.stdin.readline())
    neighbours = {}
    with open(config["edges"]) as lines:
        for line in lines:
            a, b = line.split()[:2]
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    sets = {v: set(row) for v, row in neighbours.items()}
    starts = list(neighbours)
    print(json.dumps({"version": sys.version.split()[0]}), flush=True)
    for line in sys.stdin:
        p, q, steps = line.split()
        done, begin = 0, time.perf_counter()
        while done < int(steps):
            done += len(walk(neighbours, sets, random.choice(starts), float(p), float(q))) - 1
        print(json.dumps({"rate": done / (time.perf_counter() - begin)}), flush=True)


main()
