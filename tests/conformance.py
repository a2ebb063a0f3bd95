"""The table of models, and the checks that every one of them passes.

A new model is one more row of ROWS; `tests/test_conformance.py` runs the checks over the table.
"""

import dataclasses
import inspect
import json

import keras
import numpy as np
import pytest

from ganzoo import models
from ganzoo.core.turns import look
from ganzoo.data import Samples, Unpaired

IMAGE_SHAPE = (8, 8, 1)
CLASSES = 3


@dataclasses.dataclass(frozen=True)
class Row:
    """A model of the zoo as small as it gets: the class, its arguments, and the sizes of its networks."""

    kind: type
    arguments: dict = dataclasses.field(default_factory=dict)
    image_sizes: dict = dataclasses.field(default_factory=lambda: {"latent_dim": 4, "width": 4})
    vector_sizes: dict = dataclasses.field(default_factory=lambda: {"latent_dim": 3, "width": 8})
    deep: bool = False

    @property
    def name(self):
        return self.kind.__name__

    def for_images(self):
        return self.kind.for_images(IMAGE_SHAPE, **self.image_sizes, **self.arguments)

    def for_vectors(self):
        return self.kind.for_vectors(2, **self.vector_sizes, **self.arguments)

    def data(self, n=32, seed=None):
        """What the model is fitted on, images as small as its own: an array, or `Samples` in an order of their own."""
        return images(n) if seed is None else Samples(images(n), seed=seed)

    def vectors(self, n=32):
        """The same as vectors."""
        return vectors(n)

    def inputs(self, model):
        """Three rows of what `model(...)` takes."""
        return np.linspace(-1, 1, 3 * model.latent_dim).reshape(3, -1).astype("float32")

    def outputs(self, model, n=2, **named):
        """What the model is there for: n samples, as NumPy arrays."""
        return model.generate(n, **named)


class Labelled(Row):
    """A model of `CLASSES` classes, which is fitted on samples with labels."""

    def for_images(self):
        return self.kind.for_images(IMAGE_SHAPE, num_classes=CLASSES, **self.image_sizes, **self.arguments)

    def for_vectors(self):
        return self.kind.for_vectors(2, num_classes=CLASSES, **self.vector_sizes, **self.arguments)

    def data(self, n=32, seed=None):
        pair = images(n), labels(n)
        return pair if seed is None else Samples(*pair, seed=seed)

    def vectors(self, n=32):
        return vectors(n), labels(n)

    def inputs(self, model):
        return [super().inputs(model), np.eye(CLASSES, dtype="float32")]


class Judge(Labelled):
    """A model that is fitted on samples with labels and tells the label of others."""

    def inputs(self, model):
        return images(3)

    def outputs(self, model, n=2, **named):
        return model.classify(images(n), **named)


class Translator(Row):
    """A model that is fitted on pairs of images and translates them. There are no networks for vectors.

    The images are larger: at 8x8 instance normalisation sees four values at a time, and its gradients are chaotic.
    """

    shape = (16, 16, 1)

    def for_images(self):
        return self.kind.for_images(self.shape, **self.image_sizes, **self.arguments)

    def data(self, n=32, seed=None):
        pair = images(n, shape=self.shape), images(n, seed=1, shape=self.shape)
        return pair if seed is None else Unpaired(*pair, seed=seed)

    def inputs(self, model):
        return images(3, shape=self.shape)

    def outputs(self, model, n=2, **named):
        return np.concatenate([model.translate(images(n, shape=self.shape), to=to, **named) for to in "ab"])


PERCEPTRON = {"latent_dim": 4, "width": 4, "dropout": 0.0}  # of which each backend has its own

ROWS = [
    Row(models.GAN, image_sizes=PERCEPTRON),
    Row(models.MinimaxGAN, image_sizes=PERCEPTRON),
    Row(models.DCGAN),
    Row(models.LSGAN, {"a": -1.0, "b": 1.0, "c": 0.0}),
    Row(models.WGAN, {"clip": 0.05, "critic_steps": 2}),
    Row(models.WGANGP, {"penalty_weight": 5.0, "critic_steps": 2}),
    Row(
        models.FlowGAN,
        {"likelihood_weight": 0.5, "penalty_weight": 5.0, "critic_steps": 2},
        image_sizes={"width": 4, "critic_width": 4, "blocks": 1, "scales": 1},
        vector_sizes={"width": 8, "couplings": 4},
        deep=True,
    ),
    Row(
        models.RealNVP,
        image_sizes={"width": 4, "blocks": 1, "scales": 1},
        vector_sizes={"width": 8, "couplings": 4},
        deep=True,
    ),
    Row(models.BiGAN, {"penalty_weight": 0.5}, image_sizes=PERCEPTRON),
    Row(
        models.AlphaGAN,
        {"reconstruction_weight": 5.0},
        image_sizes={"latent_dim": 4, "width": 4, "code_width": 8},
    ),
    Row(models.VAE, {"scale": 0.2}),
    Row(models.VAEGAN, {"likelihood_weight": 0.5}),
    Row(models.AVB, {"scale": 0.2}),
    Row(models.AGE, {"reconstruction_weight": 5.0, "code_weight": 2.0}),
    Labelled(models.ConditionalGAN),
    Labelled(models.ACGAN),
    Labelled(models.ProjectionGAN, {"discriminator_steps": 2}, deep=True),
    Judge(models.Classifier, {"shift": 1, "mirror": 0.5}, image_sizes={"width": 4}, vector_sizes={"width": 8}),
    Translator(
        models.CycleGAN,
        {"cycle_weight": 0.3, "identity_weight": 0.1, "buffer_size": 20},
        image_sizes={"width": 4, "blocks": 1},
        deep=True,
    ),
]
GENERATORS = [row for row in ROWS if hasattr(row.kind, "generate")]
LABELLED = [row for row in ROWS if hasattr(row.kind, "generate_grid")]
ENCODERS = [row for row in ROWS if hasattr(row.kind, "encode")]
TRANSLATORS = [row for row in ROWS if isinstance(row, Translator)]


def in_time(rows):
    """The rows, those of deep networks marked slow."""
    return [pytest.param(row, marks=pytest.mark.slow) if row.deep else row for row in rows]


def images(n=32, seed=0, shape=IMAGE_SHAPE):
    return np.random.default_rng(seed).uniform(-1, 1, (n, *shape)).astype("float32")


def vectors(n=32, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 2)).astype("float32")


def labels(n=32):
    return np.arange(n) % CLASSES


def state(model):
    """Everything that training moves: weights, noise, and the optimizers' variables, as arrays."""
    moving = _without_metrics(model)
    if model.compiled:
        moving += [variable for optimizer in model.optimizers.values() for variable in optimizer.variables]
    return [variable.numpy() for variable in moving]


def equal(one, other):
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def check_config_round_trip(row):
    model = row.for_images()
    config = json.dumps(keras.saving.serialize_keras_object(model)["config"])
    again = row.kind.from_config(json.loads(config))
    for name, value in row.arguments.items():
        assert getattr(again, name) == value
    assert json.dumps(keras.saving.serialize_keras_object(again)["config"]) == config
    cloned = keras.models.clone_model(model)
    cloned.set_weights(model.get_weights())
    np.testing.assert_array_equal(row.outputs(cloned), row.outputs(model))


def check_fit(row, model, samples):
    """Losses of every player are reported and finite, and every network moves."""
    before = [[v.numpy() for v in player.variables] for player in model.players.values()]
    model.compile()
    history = model.fit(samples, batch_size=8, epochs=2, verbose=0).history
    assert set(history) == {f"{name}_loss" for name in model.players}
    assert all(len(losses) == 2 and np.isfinite(losses).all() for losses in history.values())
    for player, old in zip(model.players.values(), before, strict=True):
        assert player.variables
        assert not equal(old, [v.numpy() for v in player.variables])


def check_turns(row):
    """The turn of one player moves the trainable weights of its networks, and no other's."""
    model = row.for_images()
    model.compile({name: keras.optimizers.SGD(0.0) for name in model.players})
    for variable in model.trainable_variables:  # a constraint holds after any step, one of length zero too
        if variable.constraint:
            variable.assign(variable.constraint(variable))
    for name, player in model.players.items():
        mine = {id(variable) for variable in player.variables}
        before = {id(variable): variable.numpy() for variable in model.trainable_variables}
        model.optimizers[name].learning_rate = 0.01
        model.fit(row.data(16), batch_size=8, verbose=0)
        model.optimizers[name].learning_rate = 0.0
        for variable in model.trainable_variables:
            unmoved = np.array_equal(before[id(variable)], variable)
            if id(variable) not in mine:
                assert unmoved, f"{variable.path} moved in the turn of {name}"
        assert any(not np.array_equal(before[id(v)], v) for v in player.variables)


def check_save_and_go_on(row, path):
    """Four epochs are, to the last bit, two epochs, a save, a load, and two more."""
    samples = row.data(seed=3)
    keras.utils.set_random_seed(1)
    model = row.for_images()
    schedule = keras.optimizers.schedules.CosineDecay(1e-2, 10)
    player = list(model.players)[-1]
    model.compile(optimizer={player: keras.optimizers.Adam(schedule)}, average=0.9)
    model.fit(samples, batch_size=8, epochs=2, verbose=0)
    model.save(path)
    again = keras.saving.load_model(path)
    assert equal(state(model), state(again))
    for name, tracker in model.loss_trackers.items():
        assert float(tracker.result()) == float(again.loss_trackers[name].result())
    for one in (model, again):
        one.fit(samples, batch_size=8, epochs=4, initial_epoch=2, verbose=0)
    assert equal(state(model), state(again))


def check_labels(row):
    """Labels in the data are accepted: as a second array, and as pairs in a data set."""
    pair = images(16), labels(16)
    model = row.for_images()
    model.compile()
    for data in (dict(zip("xy", pair, strict=True)) | {"batch_size": 8}, {"x": Samples(*pair).dataset(8)}):
        assert model.fit(**data, verbose=0).history


def check_seeded_generation(row, model):
    """A row depends on its seed alone."""
    many = model.generate(5, seed=7)
    assert many.dtype == np.float32
    assert np.isfinite(many).all()
    np.testing.assert_array_equal(many, model.generate(5, seed=7))
    np.testing.assert_allclose(model.generate(seeds=[9, 7])[::-1], many[[0, 2]], atol=1e-5)
    np.testing.assert_allclose(model.generate(5, seed=7, batch_size=2), many, atol=1e-5)
    assert not np.allclose(many[0], many[1])


def check_conditioning(row, model, data):
    """A label changes its own row, and nothing else does; classes are one-hot rows; a grid has a class a row."""
    model.compile()
    model.fit(data, batch_size=8, verbose=0)  # some layers learn only then that there are labels
    asked = [2, 0, 1, 1, 0]
    many = model.generate(5, labels=asked, seed=7)
    np.testing.assert_allclose(model.generate(seeds=[9, 8], labels=[1, 0]), many[[2, 1]], atol=1e-5)
    np.testing.assert_allclose(model.generate(5, labels=np.eye(CLASSES)[asked], seed=7), many, atol=1e-5)
    other = model.generate(5, labels=[2, 0, 1, 2, 0], seed=7)
    np.testing.assert_allclose(np.delete(other, 3, axis=0), np.delete(many, 3, axis=0), atol=1e-5)
    assert np.abs(other[3] - many[3]).max() > 1e-4
    grid = model.generate_grid(4, classes=[2, 0], seed=7)
    np.testing.assert_allclose(grid[:4], model.generate(4, labels=[2] * 4, seed=7), atol=1e-5)
    np.testing.assert_allclose(grid[4:], model.generate(4, labels=[0] * 4, seed=7), atol=1e-5)
    np.testing.assert_allclose(model.generate(4, seed=7), model.generate(4, labels=[1, 2, 0, 1], seed=7), atol=1e-5)


def check_attributes(row):
    """Multi-hot labels train as well, and two attributes give another sample than either."""
    model = row.for_images()
    model.compile()
    attributes = np.random.default_rng(0).integers(2, size=(16, CLASSES))
    history = model.fit(images(16), attributes, batch_size=8, epochs=2, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    both, one, other = model.generate(seeds=[5, 5, 5], labels=[[1, 1, 0], [1, 0, 0], [0, 1, 0]])
    assert np.abs(both - one).max() > 1e-4
    assert np.abs(both - other).max() > 1e-4


def check_encoding(row, model, samples):
    """Codes and reconstructions have the shapes they should, and a row depends on its own sample and seed alone."""
    codes, again = model.encode(samples), model.reconstruct(samples)
    assert codes.shape == (len(samples), model.latent_dim)
    assert again.shape == samples.shape
    assert codes.dtype == again.dtype == np.float32
    assert np.isfinite(codes).all()
    assert not np.allclose(codes[0], codes[1])
    np.testing.assert_allclose(model.encode(samples, batch_size=2), codes, atol=1e-5)
    np.testing.assert_allclose(model.reconstruct(samples, batch_size=2), again, atol=1e-4)


ASKED = (
    "discriminate",
    "encode",
    "reconstruct",
    "anomaly_score",
    "translate",
    "classify",
    "features",
    "log_prob",
    "bits_per_dim",
)


def check_refusal(row):
    """What can be asked of images refuses those that `fit` refuses: grey levels, another range, NaN."""
    model, x = row.for_images(), images(2, shape=getattr(row, "shape", IMAGE_SHAPE))
    for ask in (getattr(model, name) for name in ASKED if hasattr(model, name)):
        told = {"labels": [0, 1]} if "labels" in inspect.signature(ask).parameters else {}
        for refused, sentence in (
            (np.zeros(x.shape, "uint8"), "float in"),
            (127.5 * x, "must lie in|has a density from"),
            (np.nan * x, "NaN|nan"),
        ):
            with pytest.raises(ValueError, match=sentence):
                ask(refused, **told)


def check_translation(row):
    """Both directions have the images' shape and range, and a row depends on its own image alone."""
    model, x = row.for_images(), row.inputs(None)
    for to in "ab":
        many = model.translate(x, to=to)
        assert many.shape == x.shape
        assert many.dtype == np.float32
        assert np.abs(many).max() <= 1
        assert not np.allclose(many[0], many[1])
        np.testing.assert_allclose(model.translate(x[[2]], to=to), many[[2]], atol=1e-5)
        np.testing.assert_allclose(model.translate(x, to=to, batch_size=2), many, atol=1e-5)
    assert not np.allclose(*(model.translate(x, to=to) for to in "ab"))


def check_evaluation_changes_nothing(row):
    """`evaluate` gives the same numbers twice, and training with validation ends where training without does."""
    samples = row.data(seed=5)
    ends = []
    for validation in (None, row.data(16)):
        keras.utils.set_random_seed(2)
        model = row.for_images()
        model.compile()
        history = model.fit(samples, batch_size=8, epochs=2, validation_data=validation, verbose=0).history
        ends.append(state_of_training(model))
    assert set(history) >= {f"val_{name}_loss" for name in model.players}
    assert equal(*ends)
    first = model.evaluate(row.data(16), batch_size=8, verbose=0, return_dict=True)
    assert equal(state_of_training(model), ends[-1])
    assert first == model.evaluate(row.data(16), batch_size=8, verbose=0, return_dict=True)
    assert set(first) == {f"{name}_loss" for name in model.players}


def state_of_training(model):
    """`state`, but for the noise of evaluation."""
    return [v.numpy() for v in _without_metrics(model) if v is not model.evaluation_noise.state]


def _without_metrics(model):
    metrics = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in metrics]


def check_average(row):
    """The average of the weights is made, is used by default, and leaves the training as it is."""
    ends, samples = [], row.data(seed=5)
    for average in (None, 0.99):
        keras.utils.set_random_seed(2)
        model = row.for_images()
        model.compile(average=average)
        model.fit(samples, batch_size=8, verbose=0)
        ends.append([weight.numpy() for weight in model.trainable_variables])
    assert equal(*ends)
    averaged, own = row.outputs(model), row.outputs(model, averaged=False)
    assert not np.array_equal(averaged, own)
    for name, average in model.averages.items():
        getattr(model, name).set_weights(average.get_weights())
    np.testing.assert_allclose(row.outputs(model, averaged=False), averaged, atol=1e-6)


def check_mixed_precision(row, dtype):
    """The networks compute in the short type, while weights, losses and images are float32 and stay finite."""
    keras.config.set_dtype_policy(f"mixed_{dtype}")
    try:
        model = row.for_images()
        model.compile()
        before = {name: [weight.numpy() for weight in player.variables] for name, player in model.players.items()}
        history = model.fit(row.data(), batch_size=8, epochs=4, verbose=0).history  # the loss scale falls first
        batch = keras.tree.map_structure(keras.ops.convert_to_tensor, row.data(8))
        losses = [loss for _, loss in look(model.players, [batch] * model.minibatches_per_round)]
    finally:
        keras.config.set_dtype_policy("float32")
    assert all(np.isfinite(values).all() for values in history.values())
    assert {keras.backend.standardize_dtype(loss.dtype) for loss in losses} == {"float32"}
    for name, player in model.players.items():
        assert not equal(before[name], [weight.numpy() for weight in player.variables])
    assert {layer.compute_dtype for layer in model._flatten_layers()} >= {dtype}
    assert all(np.isfinite(weight).all() and weight.dtype in ("float32", "int32") for weight in model.get_weights())
    assert row.outputs(model).dtype == np.float32


def check_fixture(row, folder):
    """A file that an earlier version wrote still loads, gives the images that it gave then, and can be trained on."""
    model = keras.saving.load_model(folder / f"{row.name}.keras")
    outputs_then = np.load(folder / f"{row.name}.npy")
    np.testing.assert_allclose(row.outputs(model), outputs_then, atol=1e-4)
    model.fit(row.data(16), batch_size=8, verbose=0)
