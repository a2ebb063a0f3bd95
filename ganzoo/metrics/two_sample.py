"""The classifier two-sample test: whether a classifier can tell two samples apart.

Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", 2017, arXiv:1610.06545, section 3: half of the rows train
it, its accuracy on the other half is the statistic, N(1/2, 1 / (4 n)) where both samples have one distribution.
"""

import dataclasses

import numpy as np
from scipy.stats import norm
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

from ganzoo.metrics.checks import rows


@dataclasses.dataclass(frozen=True)
class TwoSampleTest:
    """`value`, the accuracy, 1/2 where nothing tells the samples apart; its `standard_error`; `p_value`."""

    value: float
    standard_error: float
    p_value: float


def classifier_two_sample_test(a, b, classifier=None, seed=0):
    """The accuracy at telling rows of a from rows of b, on rows that the classifier has not seen.

    Args:
        a, b: (n, d) and (m, d); of the longer one as many rows as the other has are used.
        classifier: of scikit-learn, not fitted; by default the vote of the sqrt(n) nearest of n training rows
            (section 5).
        seed: of the halves.

    Raises:
        ValueError: NaN, different widths, fewer than four rows.
    """
    a, b = rows(a=a, b=b)
    n = min(len(a), len(b))
    if n < 4:
        raise ValueError(f"a and b must have at least four rows each; got {len(a)} and {len(b)}.")
    x, y = np.concatenate([a[:n], b[:n]]), np.repeat([0, 1], n)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.5, stratify=y, random_state=seed)
    classifier = classifier or KNeighborsClassifier(int(np.sqrt(len(x_train))))
    accuracy = classifier.fit(x_train, y_train).score(x_test, y_test)
    deviation = 0.5 / np.sqrt(len(y_test))  # where both have one distribution
    error = np.sqrt(accuracy * (1 - accuracy) / len(y_test))
    return TwoSampleTest(float(accuracy), float(error), float(norm.sf(accuracy, 0.5, deviation)))
