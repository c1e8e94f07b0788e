"""What scikit-learn says of some answers: python expected.py > expected.json, with numpy and scikit-learn 1.9."""

import json
import warnings

import numpy as np
from sklearn import metrics

random = np.random.default_rng(17)
warnings.simplefilter("ignore")
N = 23


def scores(y, said, labels):
    def of(average):
        values = metrics.precision_recall_fscore_support(y, said, labels=labels, average=average, zero_division=0)
        return dict(zip(["precision", "recall", "f1", "support"], [v.tolist() if average is None else v for v in values]))

    averages = {name: of(name) for name in ["macro", "micro", "weighted"]}
    for average in averages.values():
        del average["support"]
    return {"perClass": of(None), "averages": averages}


def areas(member, predicted):
    """Of every class that some samples have and others do not; null for the others."""
    has = [0 < column.sum() < N for column in member.T]
    each = [metrics.roc_auc_score(member[:, k], predicted[:, k]) if has[k] else None for k in range(len(has))]
    return {"auc": np.mean([area for area in each if area is not None]), "aucPerClass": each}


def softmax(x):
    e = np.exp(x)
    return e / e.sum(1, keepdims=True)


def classes(x, predicted, names=None):
    """The last class has no sample."""
    k = x.shape[1]
    y = random.integers(0, k - 1, N)
    said = x.argmax(1)
    lower_first = x - 1e-6 * np.arange(k)  # of equal scores, scikit-learn takes the higher class
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "classes": k,
        "names": names,
        "accuracy": metrics.accuracy_score(y, said),
        "top2": metrics.top_k_accuracy_score(y, lower_first, k=2, labels=range(k)),
        "confusion": metrics.confusion_matrix(y, said, labels=range(k)).tolist(),
        **scores(y, said, range(k)),
        **areas(np.eye(k)[y], predicted),
    }


def labels(k):
    """Logits with ties, right in four of five; no sample has the last label if there are several."""
    y = (random.random((N, k)) < 0.4).astype(int)
    y[:, 1:][:, -1:] = 0
    right = random.random((N, k)) < 0.8
    x = np.where(right == y, random.choice([0, 0.5, 1], (N, k)), random.choice([-1, -0.5], (N, k)))
    said = (x >= 0).astype(int)
    one = k == 1
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "exactMatch": metrics.accuracy_score(y, said),
        "confusion": metrics.confusion_matrix(y[:, 0], said[:, 0]).tolist() if one else None,
        **scores(y[:, 0] if one else y, said[:, 0] if one else said, [1] if one else range(k)),
        **areas(y, x),
    }


def values():
    """The second output has a large mean, the third is always the same."""
    y = np.stack([random.normal(0, 2, N), random.normal(1000, 0.1, N), np.full(N, 0.1)], 1).astype(np.float32)
    x = (y + random.normal(0, [0.5, 0.05, 0.1], (N, 3))).astype(np.float32)
    y, x = y.astype(float), x.astype(float)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "meanAbsoluteError": metrics.mean_absolute_error(y, x),
        "meanAbsoluteErrorPerOutput": metrics.mean_absolute_error(y, x, multioutput="raw_values").tolist(),
        "rSquared": metrics.r2_score(y, x),
        "rSquaredPerOutput": metrics.r2_score(y, x, multioutput="raw_values").tolist(),
    }


x = random.choice([-1, -0.5, 0, 0.5, 1], (N, 4))  # ties between classes, and between samples
distinct = random.permutation(np.arange(3.0 * N) / 16 - 2).reshape(N, 3)
print(
    json.dumps(
        {
            "classes": classes(x, x),
            "logits": classes(distinct, softmax(distinct), ["cat", "dog", "eel"]),
            "labels": labels(3),
            "binary": labels(1),
            "values": values(),
        }
    )
)
