"""ColorMNIST, also called stacked MNIST: three MNIST digits as the planes of one colour image, with 1000 classes.

Source: L. Metz, B. Poole, D. Pfau, J. Sohl-Dickstein, "Unrolled Generative Adversarial Networks", 2016
(arXiv:1611.02163), where it measures how many of 1000 modes a generator covers; used for alpha-GAN by M. Rosca et al.,
"Variational Approaches for Auto-Encoding Generative Adversarial Networks", 2017 (arXiv:1706.04987).
"""

import numpy as np

from ganzoo.data.checks import check_seed, positive_integer
from ganzoo.data.samples import Samples
from ganzoo.data.tfds import read_tfds

SPLITS = ("train", "test")


def read_color_mnist(split="train", image_size=None, data_dir=None, download=False, size=None, seed=0):
    """`size` images, uint8 of shape (28, 28, 3) or `image_size`, with labels 0..999.

    Each plane is a digit drawn with replacement from MNIST's split, independently of the others. A red a, green b and
    blue c have the label 100 a + 10 b + c. The draw is a function of (split, seed); by default as many images are drawn
    as the split of MNIST has. MNIST is found, or downloaded, as TFDS's "mnist".
    """
    if split not in SPLITS:
        raise ValueError(f"Data set 'color_mnist' has no split {split!r}; its splits are {', '.join(SPLITS)}.")
    check_seed(seed)
    mnist = read_tfds("mnist", split, image_size, data_dir, download)
    images, digits = mnist.arrays
    size = len(mnist) if size is None else positive_integer("size", size)
    planes = np.random.default_rng([seed, SPLITS.index(split)]).integers(len(mnist), size=(size, 3))
    colored = np.stack([images[planes[:, c], :, :, 0] for c in range(3)], axis=-1)
    labels = digits[planes] @ np.array([100, 10, 1], digits.dtype)
    return Samples(colored, labels, num_classes=1000)
