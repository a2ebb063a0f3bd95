"""Multi-scale structural similarity, as a measure of diversity: the mean over pairs of samples.

    MS-SSIM(x, y) = l_M^(w_M) prod_j (c_j s_j)^(w_j),    scale j + 1 being scale j after means of 2x2 pixels

Wang, Simoncelli and Bovik, "Multi-Scale Structural Similarity for Image Quality Assessment", 2003, equation 7, with
the weights of section 3.2; as a measure of diversity: Odena et al., 2017, arXiv:1610.09585, section 4.2. Between 0 and
1, high where samples are alike: compare it with that of real pairs. The means are of light, so images are brought to
[0, 1] first. Small images have fewer scales than five, whose weights are made to sum to 1.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from ganzoo.metrics.checks import TooFew
from ganzoo.metrics.checks import images as checked
from ganzoo.metrics.estimate import Estimate

WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
RADIUS = 5  # of the Gaussian window, of standard deviation 1.5
LUMINANCE, CONTRAST = 0.01**2, 0.03**2  # for a range of 1


def ms_ssim(images, others=None, pairs=1000, seed=0):
    """The mean similarity of random pairs among the images, or of each image with the one at its place in `others`.

    Args:
        images: (n, height, width, channels) in [-1, 1], at least 11 pixels a side; the mean over channels is taken.
        others: the same shape; without them, `pairs` pairs of two different images are drawn.
        pairs: how many pairs, at least 1.
        seed: of the pairs.

    Returns:
        `Estimate` over the pairs.

    Raises:
        ValueError: NaN, different shapes, sides under 11 pixels; `TooFew`: fewer than two images to draw pairs from.
    """
    images = checked(images=images)
    if min(images.shape[1:3]) < 2 * RADIUS + 1:
        raise ValueError(f"images must have at least 11 pixels a side; got {images.shape[1]}x{images.shape[2]}.")
    if others is None:
        if len(images) < 2:
            raise TooFew("images must hold at least two, to draw pairs from; got one.")
        random = np.random.default_rng(seed)
        first = random.integers(len(images), size=pairs)
        images, others = images[first], images[(first + random.integers(1, len(images), size=pairs)) % len(images)]
    images, others = checked(images=images, others=others)
    if len(images) != len(others):
        raise ValueError(f"images and others must be as many; got {len(images)} and {len(others)}.")
    return Estimate.of(similarity(*((part.astype("float64") + 1) / 2 for part in (images, others))))


def similarity(x, y):
    """MS-SSIM of each pair, in [0, 1]: (n, height, width, channels) twice -> (n,)."""
    scales = min(len(WEIGHTS), 1 + int(np.log2(min(x.shape[1:3]) / (2 * RADIUS + 1))))
    weights = WEIGHTS[:scales] / WEIGHTS[:scales].sum()
    product = 1.0
    for scale, weight in enumerate(weights):
        luminance, structure = _ssim(x, y)
        last = scale == scales - 1
        part = (luminance * structure if last else structure).mean(axis=(1, 2))  # (n, channels)
        product = product * np.maximum(part, 0) ** weight
        x, y = _halved(x), _halved(y)
    return product.mean(axis=-1)


def _ssim(x, y):
    """Maps of luminance, and of contrast times structure, where the window lies within the image."""
    mean_x, mean_y = _window(x), _window(y)
    variances = _window(x * x) - mean_x**2 + _window(y * y) - mean_y**2
    covariance = _window(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + LUMINANCE) / (mean_x**2 + mean_y**2 + LUMINANCE)
    return luminance, (2 * covariance + CONTRAST) / (variances + CONTRAST)


def _window(x):
    inside = slice(RADIUS, -RADIUS)
    return gaussian_filter(x, 1.5, radius=RADIUS, axes=(1, 2))[:, inside, inside]


def _halved(x):
    """Means of 2x2 pixels; an odd row or column at the end is left out."""
    n, height, width, channels = x.shape
    return x[:, : height // 2 * 2, : width // 2 * 2].reshape(n, height // 2, 2, width // 2, 2, channels).mean((2, 4))
