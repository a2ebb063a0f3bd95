"""Two-dimensional densities whose truth is known: a ring and a grid of Gaussians, two moons, a Swiss roll.

    ring = Ring(modes=8, radius=2.0, std=0.02)
    ring.sample(1000, seed=0)       # (1000, 2) float32
    ring.centers, ring.std          # the truth, for mode coverage
    ring.log_prob(points)           # exact, for mixtures of Gaussians

The moons and the roll are curves with Gaussian noise around them. Their density is an integral along the curve without
a closed form, so they have no `log_prob`.
"""

import dataclasses
import math

import numpy as np

from ganzoo.data.checks import check_seed, positive_integer, positive_number
from ganzoo.data.samples import Samples

SPLITS = ("train", "validation", "test")


class GaussianMixture:
    """Abstract: equally weighted, isotropic Gaussians in the plane, of one standard deviation.

    A concrete density has `centers`, of shape (modes, 2), and `std`.
    """

    def sample(self, size, seed=0):
        """`size` independent points: float32 of shape (size, 2), a function of the parameters, `size` and `seed`."""
        generator = np.random.default_rng(seed)
        component = generator.integers(len(self.centers), size=positive_integer("size", size))
        return (self.centers[component] + self.std * generator.standard_normal((size, 2))).astype(np.float32)

    def log_prob(self, x):
        """log p(x) in nats: float64 of shape (...,) for points of shape (..., 2).

        log p(x) = logsumexp_k(-|x - c_k|^2 / (2 std^2)) - log K - log(2 pi std^2)
        """
        x = np.asarray(x, np.float64)
        exponents = -np.sum((x[..., None, :] - self.centers) ** 2, axis=-1) / (2 * self.std**2)
        # Far from every centre all terms underflow: the largest is taken out of the sum.
        largest = exponents.max(axis=-1, keepdims=True)
        logsumexp = np.log(np.exp(exponents - largest).sum(axis=-1)) + largest[..., 0]
        return logsumexp - math.log(len(self.centers)) - math.log(2 * math.pi * self.std**2)


@dataclasses.dataclass(frozen=True)
class Ring(GaussianMixture):
    """Gaussians at equal distances on a circle, the first at (radius, 0).

    The defaults are those of Metz et al., "Unrolled Generative Adversarial Networks", 2016 (arXiv:1611.02163).
    """

    modes: int = 8
    radius: float = 2.0
    std: float = 0.02

    def __post_init__(self):
        positive_integer("modes", self.modes)
        positive_number("radius", self.radius)
        positive_number("std", self.std)

    @property
    def centers(self):
        """float64 of shape (modes, 2), counter-clockwise."""
        angles = 2 * np.pi * np.arange(self.modes) / self.modes
        return self.radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


@dataclasses.dataclass(frozen=True)
class Grid(GaussianMixture):
    """Gaussians on a square grid around the origin; `modes` is the square of the number on a side.

    The defaults are those of Srivastava et al., "VEEGAN", 2017 (arXiv:1705.07761), and Lin et al., "PacGAN", 2017
    (arXiv:1712.04086): 5 x 5 centres at -4, -2, 0, 2, 4 and a variance of 0.0025.
    """

    modes: int = 25
    spacing: float = 2.0
    std: float = 0.05

    def __post_init__(self):
        if math.isqrt(positive_integer("modes", self.modes)) ** 2 != self.modes:
            raise ValueError(f"modes of the grid must be a square number, such as 25; got {self.modes}.")
        positive_number("spacing", self.spacing)
        positive_number("std", self.std)

    @property
    def centers(self):
        """float64 of shape (modes, 2), row by row from the lower left."""
        side = math.isqrt(self.modes)
        ticks = self.spacing * (np.arange(side) - (side - 1) / 2)
        y, x = np.meshgrid(ticks, ticks, indexing="ij")
        return np.stack([x.ravel(), y.ravel()], axis=-1)


@dataclasses.dataclass(frozen=True)
class TwoMoons:
    """Two interleaved half circles of radius 1, around (0, 0) and (1, 0.5), with Gaussian noise of std `noise`.

    The curves are those of scikit-learn's `make_moons`. That function spaces its points evenly along them; here they
    are drawn uniformly, so that samples are independent and two draws differ.
    """

    noise: float = 0.05

    def __post_init__(self):
        positive_number("noise", self.noise, zero=True)

    def sample(self, size, seed=0):
        """`size` independent points: float32 of shape (size, 2), a function of the parameters, `size` and `seed`."""
        generator = np.random.default_rng(seed)
        angle = np.pi * generator.random(positive_integer("size", size))
        lower = generator.integers(2, size=size)
        x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
        y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
        return (np.stack([x, y], axis=-1) + self.noise * generator.standard_normal((size, 2))).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class SwissRoll:
    """The Swiss roll seen from above, (t cos t, t sin t) / 7.5 with t uniform in [3 pi / 2, 9 pi / 2].

    Scale and noise are those of Gulrajani et al., "Improved Training of Wasserstein GANs", 2017 (arXiv:1704.00028): the
    first and third coordinate of scikit-learn's `make_swiss_roll`, divided by 7.5, which gives a standard deviation of
    about 1; `noise` is the noise's standard deviation before the division.
    """

    noise: float = 0.25

    def __post_init__(self):
        positive_number("noise", self.noise, zero=True)

    def sample(self, size, seed=0):
        """`size` independent points: float32 of shape (size, 2), a function of the parameters, `size` and `seed`."""
        generator = np.random.default_rng(seed)
        t = 1.5 * np.pi * (1 + 2 * generator.random(positive_integer("size", size)))
        curve = np.stack([t * np.cos(t), t * np.sin(t)], axis=-1)
        return ((curve + self.noise * generator.standard_normal((size, 2))) / 7.5).astype(np.float32)


TOYS = {"ring": Ring, "grid": Grid, "two_moons": TwoMoons, "swiss_roll": SwissRoll}


def options(name):
    """The names of the options of one toy: its parameters, `size` and `seed`."""
    return [*(field.name for field in dataclasses.fields(TOYS[name])), "size", "seed"]


def read_toy(name, split="train", image_size=None, size=10_000, seed=0, **parameters):
    """`size` points of the toy called `name`, without labels.

    The splits "train", "validation" and "test" are independent draws of one density: a function of (seed, split).
    """
    if split not in SPLITS:
        raise ValueError(f"Data set {name!r} has no split {split!r}; its splits are {', '.join(SPLITS)}.")
    if image_size is not None:
        raise ValueError(f"Data set {name!r} holds points, not images; leave image_size out, got {image_size}.")
    check_seed(seed)
    return Samples(TOYS[name](**parameters).sample(size, seed=[seed, SPLITS.index(split)]))
