"""Reads files of vectors with the readers of other tools, and prints what they saw as JSON: ids and rows, by format."""
import json
import sys

import numpy
from gensim.models import KeyedVectors
from safetensors import safe_open
from safetensors.numpy import load_file
from safetensors.numpy import save_file

folder, mode = sys.argv[1:3]


def shown(ids, rows):
    return {"ids": list(ids), "rows": [[float(x) for x in row] for row in rows]}


def words(vectors):
    return shown(vectors.index_to_key, vectors.vectors)


if mode == "read":
    import pyarrow.parquet

    path = f"{folder}/vectors.safetensors"
    with safe_open(path, framework="numpy") as file:
        ids = json.loads(file.metadata()["ids"])
    table = pyarrow.parquet.read_table(f"{folder}/vectors.parquet").to_pydict()
    with open(f"{folder}/vectors.ids.txt", encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    answer = {
        "text": words(KeyedVectors.load_word2vec_format(f"{folder}/vectors.txt")),
        "binary": words(KeyedVectors.load_word2vec_format(f"{folder}/vectors.bin", binary=True)),
        "safetensors": shown(ids, load_file(path)["vectors"]),
        "parquet": shown(table["id"], table["vector"]),
        "npy": shown(lines, numpy.load(f"{folder}/vectors.npy")),
    }
    json.dump(answer, sys.stdout)
else:
    import pyarrow
    import pyarrow.parquet

    rows = numpy.array([[0.5, -1.25, 3e-20], [1, 2, 16777217]], dtype=numpy.float32)
    vectors = KeyedVectors(3)
    vectors.add_vectors(["first", "名"], rows)
    vectors.save_word2vec_format(f"{folder}/theirs.txt")
    vectors.save_word2vec_format(f"{folder}/theirs.bin", binary=True)
    save_file({"vectors": rows}, f"{folder}/theirs.safetensors", {"ids": json.dumps(["first", "名"])})
    numpy.save(f"{folder}/theirs.npy", rows)
    table = pyarrow.table({"id": ["first", "名"], "embedding": [row.tolist() for row in rows]})
    pyarrow.parquet.write_table(table, f"{folder}/theirs.parquet")
