"""What `ganzoo sample` can show beside samples, as pictures of a trained model.

Each view is a function (model, rows, seed, samples) -> `PIL.Image`; `samples(split)` gives a split of the data where a
view needs one.
"""

import numpy as np
from keras import ops

from ganzoo import data, pictures
from ganzoo.core import TwoPlayerModel, input_gradient
from ganzoo.latent import interpolate
from ganzoo.metrics.neighbors import nearest

STEPS = 10  # pictures a row


def interpolation(model, rows, seed, samples):
    """Spherical interpolation, a row from seed + 2 i to seed + 2 i + 1; models with `generate`, of images."""
    _need(model, "generate", "an interpolation")
    starts = seed + 2 * np.arange(rows)
    images = interpolate(model, starts, starts + 1, STEPS)
    return pictures.grid(_images(images.reshape(-1, *images.shape[2:])), columns=STEPS)


def reconstruction(model, rows, seed, samples):
    """Pairs of rows: samples of the data, and below each what the model makes of its code; models with an encoder."""
    _need(model, "reconstruct", "a reconstruction")
    images = _images(_some(samples("test"), rows * STEPS, seed))
    return _pairs(images, model.reconstruct(images))


def neighbors(model, rows, seed, samples):
    """Pairs of rows: samples, and below each the training image that is nearest, pixel by pixel."""
    _need(model, "generate", "nearest neighbours")
    images, training = _images(model.generate(rows * STEPS, seed=seed)), samples("train")
    _, places = nearest(_flat(images), (_flat(training.images(part)) for part in training.parts()))
    return _pairs(images, training.images(places))


def density(model, rows, seed, samples):
    """The density of a flow on the plane."""
    _need(model, "log_prob", "a density")
    return pictures.density(model.log_prob, _limits(model.generate(1000, seed=seed)))


def field(model, rows, seed, samples):
    """Where the adversary drives samples on the plane, -d(generator's loss) / dx, and samples of the model."""
    if not isinstance(model, TwoPlayerModel):
        raise ValueError(f"There is a picture of a vector field of a game of two players, not of {_kind(model)}.")
    points = model.generate(1000, seed=seed)
    limits = _limits(points)

    def driven(places):
        return -ops.convert_to_numpy(input_gradient(model.generator_loss, ops.convert_to_tensor(places)))

    return pictures.arrows(driven, limits, points=points)


VIEWS = {view.__name__: view for view in (interpolation, reconstruction, neighbors, density, field)}


def _pairs(above, below):
    """A grid of rows of images, and below each its counterpart."""
    shape = above.shape[1:]
    rows = np.stack([part.reshape(-1, STEPS, *shape) for part in (above, below)], axis=1)
    return pictures.grid(rows.reshape(-1, *shape), columns=STEPS)


def _flat(images):
    return images.reshape(len(images), -1)


def _need(model, method, view):
    if not hasattr(model, method):
        raise ValueError(f"There is no picture of {view} of {_kind(model)}, which has no `{method}`.")


def _kind(model):
    return f"a {type(model).__name__}"


def _images(samples):
    if samples.ndim != 4:
        raise ValueError(f"This picture shows images, and the model's samples have the shape {samples.shape[1:]}.")
    return samples


def _some(samples, n, seed):
    if len(samples) < n:
        raise ValueError(f"The picture takes {n} samples of the data, and there are {len(samples)}.")
    order = np.random.default_rng(seed).permutation(len(samples))[:n]
    taken = samples.take(order)
    return taken[0] if isinstance(taken, tuple) else taken


def _limits(points):
    """A square around nearly all points (n, 2)."""
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"This picture shows the plane, and the model's samples have the shape {points.shape[1:]}.")
    low, high = np.quantile(points, [0.01, 0.99], axis=0)
    center, side = (low + high) / 2, 1.4 * float((high - low).max()) + 1e-3
    return tuple((float(middle - side / 2), float(middle + side / 2)) for middle in center)


def write(names, model, section, rows, seed, path):
    """Writes the one view that is named.

    Args:
        names: the names of VIEWS that are asked for.
        model: of the zoo.
        section: the arguments of `data.read`, or None where the data are not known.
        rows: of the picture.
        seed: of the samples.
        path: a .png file.

    Returns:
        The name.

    Raises:
        ValueError: several names, another suffix, a view that needs data which are not known, or another model.
    """
    if len(names) > 1:
        raise ValueError(f"One picture shows one thing: the options ask for {' and '.join(names)}.")
    (name,) = names
    if path.suffix != ".png":
        raise ValueError(f"A picture of {name} is written to a .png file; got {path.name!r}.")

    def samples(split):
        if not section:
            raise ValueError(f"A picture of {name} needs the data, which a .keras file does not name; give a run.")
        return data.read(**section | {"split": split})

    pictures.save(VIEWS[name](model, rows, seed, samples), path)
    return name
