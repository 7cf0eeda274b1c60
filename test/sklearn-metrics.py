"""Reads {cases: [{truth, labels, x}]} as JSON and answers scikit-learn's figures for each."""
import json
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics


def measures(truth, labels, x):
    truth, labels = np.array(truth), np.array(labels)
    side = max(truth.max(), labels.max()) + 1
    counts = np.zeros((side, side), int)
    for cluster, label in zip(labels, truth):
        counts[cluster, label] += 1
    rows, columns = linear_sum_assignment(-counts)
    mapping = dict(zip(rows, columns))
    mapped = np.array([mapping[label] for label in labels])
    table = metrics.cluster.contingency_matrix(truth, labels)
    return dict(
        acc=metrics.accuracy_score(truth, mapped),
        nmi=metrics.normalized_mutual_info_score(truth, labels),
        ari=metrics.adjusted_rand_score(truth, labels),
        f1=metrics.f1_score(truth, mapped, average="macro", labels=np.unique(truth), zero_division=0),
        purity=table.max(0).sum() / table.sum(),
        silhouette=metrics.silhouette_score(np.array(x), labels),
    )


cases = json.load(sys.stdin)["cases"]
print(json.dumps([{k: float(v) for k, v in measures(**case).items()} for case in cases]))
