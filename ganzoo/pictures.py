"""Pictures of samples: grids of images, scatter plots of 2-D vectors, and the files that hold them."""

import base64
import io
import math

import numpy as np

from ganzoo.files import replacing

FOREGROUND = "#1f5fa8"


def to_uint8(images):
    """Images in [-1, 1], any shape, to grey levels 0..255, uint8."""
    return np.clip(np.rint((np.asarray(images, "float32") + 1) * 127.5), 0, 255).astype("uint8")


def image_of(array):
    """A `PIL.Image` of one image (height, width, channels) in [-1, 1], channels 1 to 4."""
    import PIL.Image

    levels = to_uint8(array)
    return PIL.Image.fromarray(levels[..., 0] if levels.shape[-1] == 1 else levels)


def grid(images, columns=None, smallest=48, gap=2):
    """A `PIL.Image` with the images (n, height, width, channels) in rows, on white.

    Args:
        images: values in [-1, 1].
        columns: images a row; by default as near to a square as can be.
        smallest: images with shorter sides are enlarged by a whole factor until they reach it.
        gap: pixels between two images.
    """
    images = to_uint8(images)
    factor = max(1, math.ceil(smallest / min(images.shape[1:3])))
    images = images.repeat(factor, axis=1).repeat(factor, axis=2)
    n, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), 255, "uint8")
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return image_of(sheet / 127.5 - 1)


def scatter(points):
    """A `PIL.Image` with 2-D points (n, 2), both axes on one scale."""
    figure, axes = _figure(5, 5)
    axes.plot(points[:, 0], points[:, 1], ".", color=FOREGROUND, markersize=3, alpha=0.5, markeredgewidth=0)
    axes.set_aspect("equal", adjustable="datalim")
    return _drawn(figure)


def curves(lines, xlabel, ylabel):
    """A `PIL.Image` of curves {label: (x values, y values)} over one axis, on which whole numbers are marked."""
    figure, axes = _figure(8, 4)
    for label, (x, y) in lines.items():
        axes.plot(x, y, label=label, linewidth=1.5, marker="." if len(x) < 20 else None)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.legend(frameon=False)
    return _drawn(figure)


def _figure(width, height):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dddddd", linewidth=0.6)
    return figure, axes


def _drawn(figure):
    import PIL.Image

    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120)
    return PIL.Image.open(buffer).convert("RGB")


def panel(model, n, seed=0):
    """n samples of a model for a picture, and how many stand in a row: (samples, columns or None for a square).

    A model that is told labels gives a row to each class, as many as fit into n, with the same noise down each column.
    """
    if not hasattr(model, "generate_grid"):
        return model.generate(n, seed=seed), None
    classes = range(min(n, model.num_classes))
    columns = n // len(classes)
    return model.generate_grid(columns, classes=classes, seed=seed), columns


def picture(samples, columns=None):
    """A grid of images (n, height, width, channels), or a scatter plot of the first two dimensions of vectors (n, d).

    Args:
        columns: images a row; by default as near to a square as can be.

    Raises:
        ValueError: samples of any other shape; save those as .npy.
    """
    if samples.ndim == 4:
        return grid(samples, columns)
    if samples.ndim == 2 and samples.shape[1] >= 2:
        return scatter(samples)
    raise ValueError(f"There is no picture for samples of shape {samples.shape[1:]}; write them to a .npy file.")


def save(image, path):
    """Writes a `PIL.Image` as PNG, whole or not at all."""
    with replacing(path) as temporary:
        image.save(temporary, format="PNG")


def png(image):
    """A `PIL.Image` as the bytes of a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def data_uri(png):
    """The bytes of a PNG file as the source of an image in a page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def check_output(path):
    """ValueError where `write` could not write to this path: another kind of file, or a folder with files in it."""
    if path.suffix not in ("", ".png", ".npy"):
        raise ValueError(f"Samples are written to a .png grid, a .npy array or a folder; got {path.name!r}.")
    if path.suffix == "" and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ValueError(f"{path} is not an empty folder; name another, as nothing in it may be overwritten.")


def write(samples, path, columns=None):
    """Writes samples as a grid (.png, so many columns), an array (.npy, values as they are) or a folder of PNGs."""
    if path.suffix == ".npy":
        with replacing(path) as temporary:
            np.save(temporary, samples)
    elif path.suffix == ".png":
        save(picture(samples, columns), path)
    elif samples.ndim == 4:
        for index, image in enumerate(samples):
            save(image_of(image), path / f"{index:0{len(str(len(samples) - 1))}d}.png")
    else:
        raise ValueError(f"A folder takes images, and these samples have the shape {samples.shape[1:]}; use .npy.")


def density(log_density, limits, size=256):
    """A `PIL.Image` of a density on the plane.

    Args:
        log_density: function of points (n, 2) that gives its logarithm, of shape (n,).
        limits: ((left, right), (bottom, top)).
        size: points a side.
    """
    points = _lattice(limits, size)
    figure, axes = _figure(5, 5)
    axes.grid(visible=False)
    extent = [*limits[0], *limits[1]]
    axes.imshow(np.exp(log_density(points)).reshape(size, size), extent=extent, origin="lower", cmap="Blues")
    return _drawn(figure)


def arrows(field, limits, size=24, points=None):
    """A `PIL.Image` of a vector field on the plane; arguments as for `density`, `field` giving vectors (n, 2).

    Arrows have one length for the longest tenth; `points` (n, 2) are drawn behind them.
    """
    places = _lattice(limits, size).astype("float32")
    vectors = np.asarray(field(places))
    longest = max(float(np.quantile(np.linalg.norm(vectors, axis=1), 0.9)), 1e-12)
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), longest)
    figure, axes = _figure(5, 5)
    if points is not None:
        axes.plot(points[:, 0], points[:, 1], ".", color="#e08a2e", markersize=3, alpha=0.4, markeredgewidth=0)
    axes.quiver(*places.T, *vectors.T, color=FOREGROUND, angles="xy", pivot="mid", scale=1.2 * size, width=0.004)
    axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")
    return _drawn(figure)


def _lattice(limits, size):
    x, y = (np.linspace(*ends, size) for ends in limits)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
