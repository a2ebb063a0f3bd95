"""Image sets of TensorFlow Datasets, by name, from files that were prepared before.

Prepared files are read with TFDS's own reader, without the code that made them and without the network. TFDS would
otherwise ask a server whenever a set is not there, and retry for minutes.
"""

import contextlib
import logging
import os
import pathlib

import numpy as np

from ganzoo.data.resize import crop_size
from ganzoo.data.samples import Samples, without_autotune
from ganzoo.messages import did_you_mean

BATCH_SIZE = 256
# More than cores: small images cost less to decode than to wait for. On two cores, two calls at a time read MNIST in
# 4.4 s, sixteen in 1.7 s.
PARALLEL_CALLS = 16


def read_tfds(name, split="train", image_size=None, data_dir=None, download=False):
    """One split of a TFDS image set as uint8 images, with labels where the set has a class label.

    Args:
        name: TFDS's name: "mnist", "cycle_gan/facades", with a version "mnist:3.0.1".
        split: a split of that set, or an expression of them such as "train[:10%]", "train+test" or "all".
        image_size: (height, width); images are cropped centrally to that shape and resized (bicubic, antialiased).
        data_dir: folder with prepared sets; by default `$GANZOO_DATA`, then TFDS's own (`~/tensorflow_datasets`).
        download: whether to download and prepare a set that is not there, into the first of these folders.

    Returns:
        `Samples` of images, uint8 of shape (size, height, width, channels), and labels, int32 of shape (size,).

    Raises:
        ValueError: an unknown name or split, data that are not there, a set without 8-bit images, images of different
            sizes without an `image_size`, or tensorflow-datasets is not installed.
    """
    with _quiet():
        builder = _builder(name, data_dir, download)
        size = _num_examples(builder, name, split)
        image_key, label_key = _keys(builder.info, name)
        image_shape = builder.info.features[image_key].shape
        dataset = _batches(builder, split, image_key, label_key, image_shape, image_size)
        images, labels = _collected(dataset, size, name)
    if label_key is None:
        return Samples(images)
    return Samples(images, labels, num_classes=builder.info.features[label_key].num_classes)


def prepared(folder):
    """The sets that lie prepared in a folder: a dictionary of each name to its version folders, oldest first."""
    versions = {}
    for depth in ("*/*", "*/*/*"):
        for info in pathlib.Path(folder).glob(f"{depth}/dataset_info.json"):
            versions.setdefault(info.parent.parent.relative_to(folder).as_posix(), []).append(info.parent)
    return {name: sorted(paths, key=_version) for name, paths in sorted(versions.items())}


def _version(path):
    return [int(part) if part.isdigit() else -1 for part in path.name.split(".")]


def _folders(data_dir):
    if data_dir is not None:
        return [pathlib.Path(data_dir).expanduser()]
    own = os.environ.get("TFDS_DATA_DIR", os.path.join("~", "tensorflow_datasets"))
    return [pathlib.Path(folder).expanduser() for folder in (os.environ.get("GANZOO_DATA"), own) if folder]


@contextlib.contextmanager
def _quiet():
    """TFDS warns through absl about its own deprecations and about folders that are merely empty."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _tfds(name):
    try:
        import tensorflow_datasets
    except ImportError as error:
        from ganzoo.data import names

        raise ValueError(
            f"Data set {name!r} is neither built in ({', '.join(names())}) nor a folder or .npz file, and "
            f"tensorflow-datasets, which reads sets by name, cannot be imported ({error}); install tensorflow-datasets."
        ) from error
    return tensorflow_datasets


def _builder(name, data_dir, download):
    tfds = _tfds(name)
    folders = _folders(data_dir)
    base, _, version = name.partition(":")
    there = {folder: prepared(folder) for folder in folders}
    for sets in there.values():
        paths = [path for path in sets.get(base, ()) if not version or path.name == version]
        if paths:
            return tfds.builder_from_directory(paths[-1])
    there_names = list(dict.fromkeys(name for sets in there.values() for name in sets))
    _check_known(tfds, name, base, there_names)
    if download:
        builder = tfds.builder(name, data_dir=folders[0])
        builder.download_and_prepare()
        return builder
    folder_argument = "" if data_dir is None else f"data_dir={str(data_dir)!r}, "
    raise ValueError(
        f"Data set {name!r} is not prepared in {' or '.join(map(str, folders))} "
        f"(prepared there: {', '.join(there_names) or 'none'}); to fetch it, run "
        f'python -c "import ganzoo; ganzoo.data.read({name!r}, {folder_argument}download=True)"'
    )


def _check_known(tfds, name, base, there_names):
    from ganzoo.data import names

    # Without the community's sets, whose list is on a server.
    builders = tfds.list_builders(with_community_datasets=False)
    dataset, _, config = base.partition("/")
    candidates = [*names(), *there_names, *builders]
    if dataset in builders:
        configs = list(tfds.builder_cls(dataset).builder_configs)
        if not config or config in configs:
            return
        candidates = [f"{dataset}/{config}" for config in configs] or candidates
    raise ValueError(
        f"There is no data set {name!r}: give one of {', '.join(names())}, a name of TensorFlow Datasets, a folder of "
        f"images or an .npz file{did_you_mean(base, candidates)}"
    )


def _num_examples(builder, name, split):
    try:
        return builder.info.splits[split].num_examples
    except (KeyError, ValueError):
        raise ValueError(
            f"Data set {name!r} has no split {split!r}; its splits are {', '.join(builder.info.splits)}."
        ) from None


def _keys(info, name):
    """The feature that holds the image and the one that holds the class label, or None."""
    import tensorflow_datasets as tfds

    features = info.features
    supervised = info.supervised_keys or (None, None)
    images = [key for key, feature in features.items() if isinstance(feature, tfds.features.Image)]
    images = [key for key in images if features[key].np_dtype == np.uint8]
    if not images:
        raise ValueError(f"Data set {name!r} has no 8-bit images; it holds {', '.join(features)}.")
    image = supervised[0] if supervised[0] in images else images[0]
    labels = [key for key, feature in features.items() if isinstance(feature, tfds.features.ClassLabel)]
    if supervised[1] in labels:
        return image, supervised[1]
    return image, labels[0] if len(labels) == 1 else None


def _batches(builder, split, image_key, label_key, image_shape, image_size):
    """(images, labels) in the order of the files; one image a batch where sizes may differ."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    options = tf.data.Options()
    options.autotune.enabled = False
    config = tfds.ReadConfig(
        options=options,
        try_autocache=False,
        num_parallel_calls_for_decode=PARALLEL_CALLS,
        num_parallel_calls_for_interleave_files=2,
    )
    wanted = {key: True for key in (image_key, label_key) if key}
    dataset = builder.as_dataset(split=split, decoders=tfds.decode.PartialDecoding(wanted), read_config=config)

    def images_and_labels(row):
        images = row[image_key] if image_size is None else resize_tensor(row[image_key], image_size)
        return images, row[label_key] if label_key else tf.zeros(tf.shape(images)[:-3], tf.int64)

    # Batches before anything else, where sizes allow: one call for many images costs a fraction of many calls.
    if None not in image_shape:
        dataset = dataset.batch(BATCH_SIZE).map(images_and_labels, num_parallel_calls=PARALLEL_CALLS)
    else:
        dataset = dataset.map(images_and_labels, num_parallel_calls=PARALLEL_CALLS)
        dataset = dataset.batch(1 if image_size is None else BATCH_SIZE)
    return without_autotune(dataset.prefetch(2))


def resize_tensor(images, image_size):
    """The tensor's counterpart of `resize.resize_array`, for uint8 images of shape (..., height, width, channels)."""
    import tensorflow as tf

    images = tf.convert_to_tensor(images)
    if images.shape[-3:-1] == tuple(image_size):
        return images
    height, width = tf.unstack(tf.shape(images)[-3:-1])
    crop_height, crop_width = crop_size(height, width, image_size, tf.minimum, tf.maximum)
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    cropped = images[..., top : top + crop_height, left : left + crop_width, :]
    resized = tf.image.resize(cropped, image_size, method="bicubic", antialias=True)
    # Bicubic weights are partly negative: the result overshoots at edges.
    return tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8)


def _collected(batches, size, name):
    """All images and labels in two arrays that are allocated once: a set may fill half the memory."""
    images = labels = None
    filled = 0
    for some_images, some_labels in batches.as_numpy_iterator():
        if images is None:
            images, labels = np.empty((size, *some_images.shape[1:]), np.uint8), np.empty(size, np.int32)
        if some_images.shape[1:] != images.shape[1:]:
            raise ValueError(
                f"The images of {name!r} are not all of one size: there are (height, width, channels) "
                f"{images.shape[1:]} and {some_images.shape[1:]}; give an image_size."
            )
        rows = slice(filled, filled + len(some_images))
        images[rows], labels[rows] = some_images, some_labels
        filled = rows.stop
    if images is None:
        raise ValueError(f"The chosen split of {name!r} holds no images.")
    return images[:filled], labels[:filled]
