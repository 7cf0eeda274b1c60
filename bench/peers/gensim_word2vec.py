"""gensim's Word2Vec as a peer for `npm run bench -- skipgram`.

Reads one JSON line {"walks" (a text file, one walk a line), "nodes", "dim", "window", "negatives", "rate", "finalRate", "threads"}
from standard input and answers {"version"}. Then, for each JSON line {"epochs", "seed", "save" (a file or null)}, trains anew and
answers {"seconds", "cpu", "tokens"}; `save` gets the vectors as raw float32, nodes x dim, in the order of the nodes.

The walks come from a file (`corpus_file`), gensim's fastest way: its threads then hold no Python lock.
"""

import json
import sys
import time

import gensim
import numpy as np
from gensim.models import Word2Vec


def main():
    config = json.loads(sys.stdin.readline())
    print(json.dumps({"version": gensim.__version__}), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        model = Word2Vec(
            vector_size=config["dim"],
            window=config["window"],
            negative=config["negatives"],
            alpha=config["rate"],
            min_alpha=config["finalRate"],
            sg=1,
            hs=0,
            sample=0,
            min_count=0,
            ns_exponent=0.75,
            workers=config["threads"],
            seed=ask["seed"],
        )
        model.build_vocab(corpus_file=config["walks"])
        words = model.corpus_total_words
        start, before = time.perf_counter(), time.process_time()
        model.train(
            corpus_file=config["walks"],
            total_examples=model.corpus_count,
            total_words=words,
            epochs=ask["epochs"],
        )
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
        if ask["save"]:
            vectors = np.zeros((config["nodes"], config["dim"]), dtype=np.float32)
            for place, word in enumerate(model.wv.index_to_key):
                vectors[int(word)] = model.wv.vectors[place]
            vectors.tofile(ask["save"])
        print(json.dumps({"seconds": seconds, "cpu": cpu, "tokens": words * ask["epochs"]}), flush=True)


main()
