"""Images of two domains without pairs: what belongs together is drawn anew each epoch."""

import pathlib

import numpy as np

from ganzoo.data.samples import Samples


class Unpaired(Samples):
    """The images of two domains in memory, handed out as pairs (a, b) that chance has zipped.

    An epoch is one pass over the larger domain; the smaller is gone through as often as it takes, in a new order each
    time. The order is a function of (seed, epoch), as in `Samples`.

    Args:
        a, b: `Samples` of images, whose labels are left out, or arrays of shape (size, height, width, channels): uint8
            grey levels or floats in [-1, 1].
        seed: of the order in which epochs are read.

    Raises:
        ValueError: no images, images of different shapes in the two domains, or what `Samples` raises.
    """

    def __init__(self, a, b, *, seed=0):
        self.domains = tuple(domain if isinstance(domain, Samples) else Samples(domain) for domain in (a, b))
        self.arrays = tuple(domain.arrays[0] for domain in self.domains)
        self.num_classes, self.seed = None, seed
        of_a, of_b = (domain.shape for domain in self.domains)
        if len(of_a) != 3 or of_a != of_b:
            raise ValueError(
                f"The two domains must hold images of one shape (height, width, channels); those of a have {of_a}, "
                f"those of b {of_b}: give an image_size."
            )

    def __len__(self):
        return max(map(len, self.domains))

    def order(self, epoch=None):
        """The rows of a and of b, of shape (len(self), 2), int64; without an epoch in the order in which they lie."""
        return np.stack([self._order_of(number, epoch) for number in range(2)], axis=1)

    def _order_of(self, number, epoch):
        size = len(self.domains[number])
        if epoch is None:
            return np.arange(len(self)) % size
        generator = np.random.default_rng([self.seed, epoch, number])
        passes = [generator.permutation(size) for _ in range(-(-len(self) // size))]
        return np.concatenate(passes)[: len(self)]

    def places(self, indices):
        return indices[:, 0], indices[:, 1]

    def take(self, indices):
        """The pairs (a, b) at `indices`: a part of an `order`, or a slice or integers for those as they lie."""
        return super().take(indices if np.ndim(indices) == 2 else self.order()[indices])


def read_domains(read, name, split, domains, folder, **arguments):
    """`Unpaired` of the two domains of a data set; see `ganzoo.data.read`, which is the function `read`.

    Raises:
        ValueError: `domains` that are no two names, images of different sizes, or what `read` raises.
    """
    names = domains if isinstance(domains, tuple | list) else ()
    if len(names) != 2 or not all(isinstance(domain, str) for domain in names):
        raise ValueError(f"domains must be the names of two domains, such as ['A', 'B']; got {domains!r}.")
    where = _in_folder if folder else _in_set
    return Unpaired(*(read(*where(name, split, domain), **arguments) for domain in names))


def _in_set(name, split, domain):
    """ "train[:10%]" of domain "A" is "trainA[:10%]"."""
    stem, bracket, part = split.partition("[")
    return name, f"{stem}{domain}{bracket}{part}"


def _in_folder(name, split, domain):
    folder = pathlib.Path(name).expanduser()
    if not folder.is_dir():
        return name, split  # whose reader says so
    candidates = [folder / f"{split}{domain}", folder / split / domain]
    if split in ("train", "all"):
        candidates.append(folder / domain)
    for candidate in candidates:
        if candidate.is_dir():
            return str(candidate), "train"
    raise ValueError(
        f"Folder {str(folder)!r} has no domain {domain!r} for split {split!r}; "
        f"{' and '.join(repr(str(candidate)) for candidate in candidates)} were looked for."
    )
