"""Data sets by name or by path: toy densities, the embedded digits, TFDS sets, folders of images and `.npz` files.

Importing this package imports none of tensorflow, tensorflow_datasets, scikit-learn and Pillow: each is imported by
the function that needs it, so that toys, digits, folders and `.npz` files are read where TensorFlow is not installed.
"""

import inspect
import os

from ganzoo.data import toys
from ganzoo.data.checks import check_image_size, check_options, check_seed
from ganzoo.data.samples import Samples
from ganzoo.data.unpaired import Unpaired, read_domains

__all__ = ["Samples", "Unpaired", "load", "names", "read", "toys"]


def names():
    """The names of the built-in data sets, sorted; every other name is one of TensorFlow Datasets."""
    return sorted([*toys.TOYS, "digits", "color_mnist"])


def read(name, split="train", image_size=None, data_dir=None, download=False, domains=None, **options):
    """Read a whole data set into memory.

    Args:
        name: one of

            - "ring", "grid", "two_moons", "swiss_roll": points of shape (2,); options `size`, `seed` and the arguments
              of the class in `ganzoo.data.toys` (`modes`, `radius`, `std`, `noise`, ...);
            - "digits": scikit-learn's 8x8x1 digits, with labels;
            - "color_mnist": three MNIST digits as colour planes, 28x28x3, with 1000 labels; options `size`, `seed`;
            - a path (an existing folder, or a string that begins with ".", "/" or "~"): a folder of images, option
              `channels`; or a file whose name ends with ".npz";
            - any other name: a set of TensorFlow Datasets, such as "mnist" or "cycle_gan/facades".
        split: the name of the split: "train", "test", or what the set has ("trainA", "train[:10%]", "all").
        image_size: an integer or (height, width); images are cropped to that shape centrally and resized to it. Without
            it they keep their size, which must then be the same for all.
        data_dir: folder with prepared TFDS sets; by default `$GANZOO_DATA`, then TFDS's own folder.
        download: whether a TFDS set that is not there may be downloaded. Without it nothing touches the network.
        domains: names of two domains of images, for models that translate between them, such as ("A", "B"). The splits
            read are then `split` with the domain's name behind it ("trainA" and "trainB"); in a folder they may as well
            be sub-folders "train/A" and "train/B" or, without splits, "A" and "B".
        **options: options of the data set.

    Returns:
        `Samples`: images of shape (size, height, width, channels) that are handed out in [-1, 1], or vectors of shape
        (size, dimensions); then the labels, where the set has them: integers of shape (size,), or multi-hot. With
        domains `Unpaired`: the images of both, without labels.

    Raises:
        ValueError: unknown name, split or option, data that are not there, images of different sizes, or values that
            are not numbers or, in images, outside [-1, 1].
    """
    name = os.fspath(name)
    if not isinstance(split, str):
        raise ValueError(f"split must be the name of a split, such as 'train'; got {split!r}.")
    if data_dir is not None and not isinstance(data_dir, str | os.PathLike):
        raise ValueError(f"data_dir must be the path of a folder with prepared sets; got {data_dir!r}.")
    image_size = check_image_size(image_size)
    kind = _kind(name)
    check_options(name, options, _known_options(kind, name), arguments=_arguments())
    if domains is not None:
        options |= {"image_size": image_size, "data_dir": data_dir, "download": download}
        return read_domains(read, name, split, domains, folder=kind == "folder", **options)
    if kind == "toy":
        samples = toys.read_toy(name, split, image_size, **options)
    elif kind == "digits":
        from ganzoo.data.digits import read_digits

        samples = read_digits(split, image_size)
    elif kind == "color_mnist":
        from ganzoo.data.color_mnist import read_color_mnist

        samples = read_color_mnist(split, image_size, data_dir, download, **options)
    elif kind == "npz":
        from ganzoo.data.npz import read_npz

        samples = read_npz(name, split, image_size)
    elif kind == "folder":
        from ganzoo.data.folder import read_folder

        samples = read_folder(name, split, image_size, **options)
    else:
        from ganzoo.data.tfds import read_tfds

        samples = read_tfds(name, split, image_size, data_dir, download)
    return samples


def load(
    name,
    split="train",
    batch_size=64,
    image_size=None,
    data_dir=None,
    shuffle=True,
    seed=0,
    download=False,
    domains=None,
    **options,
):
    """A `tf.data.Dataset` of minibatches: images, (images, labels) where the set has labels, or pairs of two domains.

    Images are float32 of shape (batch, height, width, channels) in [-1, 1], vectors float32 of shape
    (batch, dimensions). Each iteration is one epoch, shuffled anew; the order is a function of `seed` and the number of
    the epoch. `seed` orders the samples and never draws them: a toy's other draw is `read(name, seed=...)`.

    The other arguments, and the errors raised, are those of `read`.
    """
    options |= {"image_size": image_size, "data_dir": data_dir, "download": download, "domains": domains}
    check_seed(seed)
    samples = read(name, split, **options)
    samples.seed = seed
    return samples.dataset(batch_size, shuffle=shuffle)


def like(section, name):
    """The arguments of `read` for other data, read in the size, channels and domains of those that `section` names."""
    kept = {"image_size", "domains", "data_dir"} | {"channels"} & set(_known_options(_kind(name), name))
    return {key: value for key, value in section.items() if key in kept} | {"name": name}


def _kind(name):
    if name in toys.TOYS:
        return "toy"
    if name in ("digits", "color_mnist"):
        return name
    if name.endswith(".npz"):
        return "npz"
    if name.startswith((".", "/", "~")) or os.path.isdir(name):
        return "folder"
    return "tfds"


def _known_options(kind, name):
    if kind == "toy":
        return toys.options(name)
    return {"color_mnist": ("size", "seed"), "folder": ("channels",)}.get(kind, ())


def _arguments():
    """The arguments of `read` and `load`, for whoever misspells one of them: it arrives here as an option."""
    return [argument for argument in inspect.signature(load).parameters if argument != "options"]
