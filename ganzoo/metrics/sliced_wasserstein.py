"""The sliced Wasserstein distance: optimal transport along random lines, where sorting solves it.

    SW_p^p(a, b) = E_theta[W_p^p(theta.a, theta.b)],    theta uniform on the unit sphere

Rabin et al., "Wasserstein Barycenter and its Application to Texture Mixing", 2012; of images on the levels of a
Laplacian pyramid: Karras et al., "Progressive Growing of GANs", 2018, arXiv:1710.10196, section 5, with p = 1, from the
size of the images down to 16 pixels or so, and 64 pieces of each image where they take 128. Lower is better, 0 the
least; theirs is quoted times 1000.
"""

import numpy as np
from scipy.ndimage import convolve1d

from ganzoo.metrics.checks import images as checked_images
from ganzoo.metrics.checks import rows

PATCH, PATCHES = 7, 64  # side of a descriptor, and how many are taken of an image at each level
BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16


def sliced_wasserstein(a, b, projections=128, p=None, seed=0):
    """SW_p of two samples.

    Args:
        a, b: vectors (n, d) and (m, d); or images (n, height, width, channels), of which the mean over the levels of
            their Laplacian pyramids is taken, in pieces of 7x7 pixels, of either set with the mean 0 and the deviation
            1 in each channel.
        projections: number of random lines.
        p: of the distance |x - y|^p; by default 2 of vectors and 1 of images.
        seed: of the lines, and of the places of the pixels.

    Returns:
        float, at least 0.

    Raises:
        ValueError: NaN, different widths or shapes, images under 7 pixels a side.
    """
    if np.ndim(a) == 4:
        levels = zip(*(_pyramid(images) for images in checked_images(a=a, b=b)), strict=True)
        return float(np.mean([_of_images(x, y, projections, p or 1, seed) for x, y in levels]))
    (a, b), p = rows(a=a, b=b), p or 2
    lines = np.random.default_rng(seed).normal(size=(a.shape[1], projections))
    lines /= np.linalg.norm(lines, axis=0)
    a, b = np.sort(a @ lines, axis=0), np.sort(b @ lines, axis=0)
    # Between two cuts both quantile functions are constant.
    cuts = np.union1d(np.arange(len(a)) / len(a), np.arange(len(b)) / len(b))
    middles, lengths = (np.append(cuts[1:], 1) + cuts) / 2, np.diff(cuts, append=1)
    moved = np.abs(a[(middles * len(a)).astype(int)] - b[(middles * len(b)).astype(int)]) ** p
    return float((lengths @ moved).mean() ** (1 / p))


def _of_images(a, b, projections, p, seed):
    """Of the descriptors of two sets of images, which lie at the same random places."""
    return sliced_wasserstein(*(_normalised(_descriptors(part, seed)) for part in (a, b)), projections, p, seed)


def _normalised(descriptors):
    """(n, pixels, channels) -> (n, pixels * channels), mean 0 and deviation 1 in each channel."""
    centred = descriptors - descriptors.mean(axis=(0, 1))
    return (centred / np.maximum(centred.std(axis=(0, 1)), 1e-8)).reshape(len(centred), -1)


def _descriptors(images, seed):
    """(n, height, width, channels) -> (n * PATCHES, PATCH * PATCH, channels) of random places."""
    n, height, width, channels = images.shape
    random = np.random.default_rng(seed)
    top = random.integers(height - PATCH + 1, size=(n, PATCHES, 1, 1))
    left = random.integers(width - PATCH + 1, size=(n, PATCHES, 1, 1))
    offset = np.arange(PATCH)
    which = np.arange(n)[:, None, None, None]
    return images[which, top + offset[:, None], left + offset].reshape(n * PATCHES, PATCH * PATCH, channels)


def _pyramid(images):
    """The Laplacian pyramid, finest level first; the last level is what is left, of fewer than 28 pixels a side."""
    if min(images.shape[1:3]) < PATCH:
        raise ValueError(f"images must have at least {PATCH} pixels a side; got {images.shape[1]}x{images.shape[2]}.")
    images, levels = images.astype("float64"), []
    while min(images.shape[1:3]) >= 4 * PATCH:
        smaller = _blurred(images)[:, ::2, ::2]
        spread = np.zeros_like(images)
        spread[:, ::2, ::2] = 4 * smaller
        levels.append(images - _blurred(spread))
        images = smaller
    return [*levels, images]


def _blurred(images):
    return convolve1d(convolve1d(images, BINOMIAL, axis=1, mode="mirror"), BINOMIAL, axis=2, mode="mirror")
