"""Modes found in a mixture whose centres are known."""

import numpy as np


def mode_coverage(samples, centers, std):
    """How many modes the samples reach, and how many samples lie near one.

    A sample is of high quality within three standard deviations of a centre (VEEGAN, Srivastava et al., 2017,
    arXiv:1705.07761, section 4.1). A mode is covered with at least a tenth of its uniform share of the high-quality
    samples.

    Args:
        samples: (n, dimensions).
        centers: (modes, dimensions).
        std: standard deviation of each mode.

    Returns:
        {"modes": number of covered modes, "high_quality": share of high-quality samples}.

    Raises:
        ValueError: no samples or centers, or of different widths, NaN, or a std that is not positive.
    """
    samples, centers = np.asarray(samples, "float64"), np.asarray(centers, "float64")
    fit = samples.ndim == centers.ndim == 2 and samples.shape[1] == centers.shape[1]
    if not fit or samples.size == 0 or centers.size == 0:
        raise ValueError(f"samples and centers must be (n, d) and (modes, d); got {samples.shape} and {centers.shape}.")
    if np.isnan(samples).any() or not std > 0:
        raise ValueError(f"samples must not hold NaN, and std must be positive; got std={std}.")
    distances = np.linalg.norm(samples[:, None] - centers[None], axis=-1)
    near = distances.min(axis=1) <= 3 * std
    counts = np.bincount(distances.argmin(axis=1)[near], minlength=len(centers))
    covered = (counts > 0) & (10 * len(centers) * counts >= near.sum())
    return {"modes": int(covered.sum()), "high_quality": float(near.mean())}
