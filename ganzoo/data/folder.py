"""A folder of image files as a data set: flat, or with one sub-folder a class."""

import concurrent.futures
import os
import pathlib

import numpy as np

from ganzoo.data.resize import resize_pillow
from ganzoo.data.samples import Samples

EXTENSIONS = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")


def read_folder(path, split="train", image_size=None, channels=None):
    """All image files of a folder, in sorted order, as uint8 of shape (height, width, channels).

    Images that lie in sub-folders are labelled: the classes are the sub-folders' names, sorted, from 0. If every
    sub-folder is named like a split ("train...", "val...", "test..."), `split` chooses one of them, which is then read
    in the same way, a class having one number in all splits, also where one lacks it; otherwise the whole folder is the
    split "train".

    Args:
        path: the folder; "~" is the user's home.
        split: "train", or the name of a sub-folder as above.
        image_size: (height, width): the shorter side is resized to fit and the longer one cropped centrally. Without it
            all images must have one size.
        channels: 1 (grey) or 3 (RGB); by default 1 if all files are grey, else 3. Transparency is dropped.

    Raises:
        ValueError: no such folder or split, no image in it, a file that cannot be read, or images of different sizes.
    """
    if channels not in (None, 1, 3):
        raise ValueError(f"channels must be 1 or 3; got {channels!r}.")
    folder, splits = _split(pathlib.Path(path).expanduser(), split)
    files = _files(folder)
    images = _stacked(files, image_size, channels)
    if files[0].parent == folder:
        return Samples(images)
    classes = sorted({name for split in splits for name in _by_class(split)})
    labels = np.searchsorted(classes, [file.parent.name for file in files])
    return Samples(images, labels.astype(np.int32), num_classes=len(classes))


def _split(folder, split):
    """The folder of the split, and those of all splits."""
    if not folder.is_dir():
        raise ValueError(f"There is no folder {str(folder)!r}; give the path of a folder that holds images.")
    children = [child.name for child in _visible(folder) if child.is_dir()]
    if children and all(name.startswith(("train", "val", "test")) for name in children):
        if split not in children:
            raise ValueError(f"Folder {str(folder)!r} has no split {split!r}; its splits are {', '.join(children)}.")
        return folder / split, [folder / name for name in children]
    if split not in ("train", "all"):
        raise ValueError(f"Folder {str(folder)!r} has no sub-folder for split {split!r}; its one split is 'train'.")
    return folder, [folder]


def _visible(folder):
    return sorted(child for child in folder.iterdir() if not child.name.startswith("."))


def _images_in(folder):
    return [child for child in _visible(folder) if child.suffix.lower() in EXTENSIONS and child.is_file()]


def _by_class(folder):
    """{name: images} of the sub-folders that hold any."""
    by_class = {child.name: _images_in(child) for child in _visible(folder) if child.is_dir()}
    return {name: files for name, files in by_class.items() if files}


def _files(folder):
    """The images: the folder's own, or those of its sub-folders."""
    flat, by_class = _images_in(folder), _by_class(folder)
    if flat and by_class:
        raise ValueError(
            f"Folder {str(folder)!r} holds images both directly and in sub-folders; keep them in one of the two."
        )
    if not flat and not by_class:
        raise ValueError(
            f"Folder {str(folder)!r} and its sub-folders hold no images; files with the extensions "
            f"{', '.join(EXTENSIONS)} were looked for."
        )
    return flat or [file for files in by_class.values() for file in files]


def _stacked(files, image_size, channels):
    # Pillow decodes and resizes without Python's lock, so threads are enough.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        arrays = []
        for file, array in zip(files, threads.map(lambda file: _image(file, image_size, channels), files), strict=True):
            if arrays and array.shape[:2] != arrays[0].shape[:2]:
                threads.shutdown(wait=False, cancel_futures=True)
                raise ValueError(
                    f"The images are not all of one size: {str(files[0])!r} has (height, width) "
                    f"{arrays[0].shape[:2]} and {str(file)!r} {array.shape[:2]}; give an image_size."
                )
            arrays.append(array)
    channels = max(array.shape[-1] for array in arrays)
    return np.stack([np.broadcast_to(array, (*array.shape[:2], channels)) for array in arrays])


def _image(file, image_size, channels):
    """One file as uint8 of shape (height, width, 1 or 3); grey files stay grey unless `channels` says otherwise."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            # Cameras store how they were held beside the pixels.
            image = ImageOps.exif_transpose(opened)
        if image.mode.startswith("I;16"):
            # Pillow clips 16-bit grey levels at 255 instead of scaling them.
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        grey = image.mode in ("1", "L", "LA", "La")
        image = image.convert("L" if channels == 1 or (channels is None and grey) else "RGB")
    except Exception as error:
        # A broken file makes Pillow raise OSError, SyntaxError, struct.error, zlib.error and others.
        raise ValueError(f"{str(file)!r} cannot be read as an image ({error}); repair or remove it.") from error
    image = image if image_size is None else resize_pillow(image, image_size)
    return np.asarray(image).reshape(image.height, image.width, -1)
