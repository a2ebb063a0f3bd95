"""Which rows each update sees, for every kind of data."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from feeding import DIM, Minibatches, rows

from ganzoo import core, models
from ganzoo.core.rounds import hold_out
from ganzoo.data import Samples


class Recorder(core.AdversarialModel):
    """A game of two one-variable players that writes down the rows of each minibatch."""

    def __init__(self, first_steps=1, second_steps=1):
        super().__init__()
        self.first_steps, self.second_steps = first_steps, second_steps
        self.first, self.second = (keras.Sequential([keras.Input((DIM,)), keras.layers.Dense(1)]) for _ in "ab")
        self.seen = []

    @property
    def players(self):
        return {
            "first": core.Player(
                [self.first], lambda batch: self.loss_of("first", self.first, batch), self.first_steps
            ),
            "second": core.Player(
                [self.second], lambda batch: self.loss_of("second", self.second, batch), self.second_steps
            ),
        }

    def loss_of(self, name, network, batch):
        rows = batch[0] if isinstance(batch, tuple) else batch
        self.seen.append((name, np.asarray(rows)[:, 0].astype(int).tolist()))
        return keras.ops.mean(network(rows))

    def default_optimizers(self):
        return {"first": keras.optimizers.SGD(0.0), "second": keras.optimizers.SGD(0.0)}


def recorder(*steps):
    model = Recorder(*steps)
    model.compile(run_eagerly=True)
    return model


def kinds_of_data(n, batch_size):
    """The same rows as every kind of data that `fit` takes."""
    x = rows(n)
    tensors = tf.data.Dataset.from_tensor_slices(x)
    return {
        "array": {"x": x, "batch_size": batch_size},
        "tensor": {"x": tf.constant(x), "batch_size": batch_size},
        "samples": {"x": Samples(x), "batch_size": batch_size},
        "labelled arrays": {"x": x, "y": np.zeros(n, int), "batch_size": batch_size},
        "tf.data": {"x": tensors.batch(batch_size)},
        "tf.data of fixed size": {"x": tensors.batch(batch_size, drop_remainder=True)},
        "tf.data of unknown length": {"x": tensors.batch(batch_size).filter(lambda _: True)},
        "tf.data of tuples of one": {"x": tensors.batch(batch_size).map(lambda rows: (rows,))},
        "labelled tf.data": {"x": tensors.batch(batch_size).map(lambda rows: (rows, rows[:, 0]))},
        "PyDataset": {"x": Minibatches(x, batch_size)},
    }


KINDS = list(kinds_of_data(1, 1))


class Typed(Recorder):
    """Writes down the types that a loss is given."""

    def loss_of(self, name, network, batch):
        self.seen.append([keras.backend.standardize_dtype(leaf.dtype) for leaf in batch])
        return keras.ops.mean(network(batch[0]))


@pytest.mark.parametrize("dtype", ["float64", "float16", "float32"])
@pytest.mark.parametrize("kind", ["array", "tf.data", "PyDataset"])
@pytest.mark.parametrize("steps", [1, 2])
def test_floats_of_any_size_are_fed_as_float32_and_classes_as_they_are(kind, dtype, steps):
    """`x / 127.5 - 1` of grey levels is float64."""
    pair = rows(8).astype(dtype), np.arange(8)

    class Pairs(Minibatches):
        def __getitem__(self, index):
            return tuple(array[2 * index : 2 * index + 2] for array in pair)

    data = {
        "array": {"x": pair[0], "y": pair[1], "batch_size": 2},
        "tf.data": {"x": tf.data.Dataset.from_tensor_slices(pair).batch(2)},
        "PyDataset": {"x": Pairs(pair[0], 2)},
    }[kind]
    model = Typed(steps, 1)
    model.compile(run_eagerly=True)
    model.fit(**data, verbose=0)
    assert model.seen == [["float32", "int64"]] * (4 + 4 // steps)


def test_a_data_set_of_float64_knows_its_size():
    fed, _, _ = recorder()._rounds(tf.data.Dataset.from_tensor_slices(rows(8).astype("float64")).batch(2), None, None)
    assert int(fed.cardinality()) == 4


def minibatches(model, player):
    return [rows for name, rows in model.seen if name == player]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "full_rounds"), [(12, 2), (13, 2), (15, 2), (18, 3), (6, 1)])
def test_k_fresh_minibatches(kind, n, full_rounds):
    model = recorder(3, 1)  # k = 3 minibatches of 2 rows
    model.fit(**kinds_of_data(n, 2)[kind], verbose=0)
    first, second = minibatches(model, "first"), minibatches(model, "second")
    assert [len(rows) for rows in first] == [2] * 3 * full_rounds
    assert [len(rows) for rows in second] == [2] * full_rounds
    seen = [row for rows in first for row in rows]
    assert len(set(seen)) == len(seen)
    assert set(seen) <= set(range(n))
    assert [name for name, _ in model.seen] == ["first", "first", "first", "second"] * full_rounds


@pytest.mark.parametrize("kind", KINDS)
def test_a_smaller_last_minibatch_is_trained(kind):
    model = recorder()
    model.fit(**kinds_of_data(7, 3)[kind], verbose=0)
    sizes = [len(rows) for rows in minibatches(model, "first")]
    assert sorted(sizes) == ([3, 3] if "fixed" in kind else [1, 3, 3])
    assert minibatches(model, "first") == minibatches(model, "second")


@pytest.mark.parametrize("kind", KINDS)
def test_epochs_are_passes_over_the_data(kind):
    data = kinds_of_data(8, 2)[kind]
    model = recorder(2, 1)
    history = model.fit(**data, epochs=3, verbose=0)
    assert history.epoch == [0, 1, 2]
    seen = [row for rows in minibatches(model, "first") for row in rows]
    for epoch in range(3):
        assert sorted(seen[8 * epoch : 8 * (epoch + 1)]) == list(range(8))
    if kind == "PyDataset":
        assert data["x"].epochs_ended >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_too_few_data_are_refused(kind):
    model = recorder(5, 1)
    for work in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"no full round.* 5 minibatches"):
            work(**kinds_of_data(7, 2)[kind], verbose=0)
    assert "first" not in {name for name, _ in model.seen}


@pytest.mark.parametrize("kind", KINDS)
def test_evaluate_takes_rounds(kind):
    model = recorder(2, 1)
    losses = model.evaluate(**kinds_of_data(9, 2)[kind], verbose=0, return_dict=True)
    assert list(losses) == ["first_loss", "second_loss"]
    assert [len(rows) for rows in minibatches(model, "first")] == [2] * 4


def test_arrays_are_shuffled_anew_each_epoch_unless_told_otherwise():
    model = recorder()
    model.fit(rows(8), batch_size=8, epochs=2, verbose=0)
    first, second = minibatches(model, "first")
    assert first != second
    assert first != sorted(first)
    model = recorder()
    model.fit(rows(8), batch_size=8, epochs=2, shuffle=False, verbose=0)
    assert minibatches(model, "first") == [list(range(8))] * 2


def test_steps_per_epoch_counts_rounds_and_the_stream_goes_on():
    model = recorder(2, 1)
    history = model.fit(Samples(rows(12)), batch_size=2, steps_per_epoch=2, epochs=6, verbose=0)
    assert len(history.epoch) == 6
    seen = [row for rows in minibatches(model, "first") for row in rows]
    assert len(seen) == 6 * 2 * 4
    for first in range(0, 48, 12):
        assert sorted(seen[first : first + 12]) == list(range(12))


@pytest.mark.parametrize("steps", [None, 2])
def test_initial_epoch_reads_what_an_uninterrupted_run_reads(steps):
    whole, late = recorder(2, 1), recorder(2, 1)
    samples = Samples(rows(12), seed=4)
    whole.fit(samples, batch_size=2, steps_per_epoch=steps, epochs=5, verbose=0)
    late.fit(samples, batch_size=2, steps_per_epoch=steps, epochs=5, initial_epoch=2, verbose=0)
    assert late.seen == whole.seen[-len(late.seen) :]
    assert len(late.seen) == len(whole.seen) * 3 // 5


class Logs(keras.callbacks.Callback):
    """Writes down what a callback sees, and the metrics' variables after each round."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.epochs, self.batches, self.means, self.stop_after = [], [], [], stop_after

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)
        self.means.append([keras.ops.convert_to_numpy(variable) for variable in self.model.metrics_variables])

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append((epoch, logs))
        self.model.stop_training |= epoch == self.stop_after


@pytest.mark.parametrize("steps", [2, 3, 5])  # 3 rounds are a pass over the data
@pytest.mark.parametrize("epoch", [0, 2, 4])
def test_an_epoch_can_be_gone_on_with(steps, epoch):
    """The rest of the rounds, the means of all of them, and after them the other epochs as ever."""
    options = {"x": Samples(rows(12), seed=4), "batch_size": 2, "epochs": 5, "verbose": 0}
    options["steps_per_epoch"] = None if steps == 3 else steps
    whole, before = recorder(2, 1), Logs()
    whole.fit(**options, callbacks=[before])
    late, after = recorder(2, 1), Logs()
    for network, original in ((late.first, whole.first), (late.second, whole.second)):
        network.set_weights(original.get_weights())
    for variable, mean in zip(late.metrics_variables, before.means[epoch * steps], strict=True):
        variable.assign(mean)
    history = late.fit(**options, initial_epoch=epoch, initial_round=1, callbacks=[after])
    rounds = (5 - epoch) * steps - 1
    assert len(after.batches) == rounds
    assert after.batches[:steps] == [*range(steps - 1), *([0] if epoch < 4 else [])]
    assert late.seen[-3 * rounds :] == whole.seen[-3 * rounds :]
    assert after.epochs == before.epochs[epoch:]
    assert history.epoch == list(range(epoch, 5))


@pytest.mark.parametrize("stop_after", [1, 2])
def test_other_callbacks_may_still_end_the_training(stop_after):
    model, logs = recorder(), Logs(stop_after)
    model.fit(Samples(rows(12)), batch_size=4, epochs=5, initial_epoch=1, initial_round=2, verbose=0, callbacks=[logs])
    assert [epoch for epoch, _ in logs.epochs] == list(range(1, stop_after + 1))


@pytest.mark.parametrize(
    ("data", "initial_round", "sentence"),
    [
        ({"x": rows(12), "batch_size": 2}, 6, "initial_round must be one of an epoch's 6 rounds, from 0 on; got 6"),
        ({"x": rows(12), "batch_size": 2}, -1, "got -1"),
        (
            {"x": tf.data.Dataset.from_tensor_slices(rows(12)).batch(2)},
            1,
            "initial_round needs an array or ganzoo",
        ),
    ],
)
def test_rounds_that_an_epoch_does_not_have(data, initial_round, sentence):
    with pytest.raises(ValueError, match=sentence):
        recorder().fit(**data, initial_round=initial_round, verbose=0)


def test_the_rest_of_an_epoch_is_a_multiple_of_what_is_executed_at_once():
    model = models.GAN.for_vectors(2, width=4)
    model.compile(steps_per_execution=2)
    data = {"x": rows(12), "batch_size": 2, "verbose": 0}
    with pytest.raises(ValueError, match="multiple of steps_per_execution=2 to go on; there are 5"):
        model.fit(**data, initial_round=1)
    logs = Logs()
    model.fit(**data, initial_round=2, callbacks=[logs])
    assert logs.batches == [1, 3]


def test_seeded_runs_repeat():
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        model = recorder(2, 1)
        model.fit(rows(12), batch_size=2, verbose=0)
        runs.append(model.seen)
    assert runs[0] == runs[1]


@pytest.mark.parametrize("kind", KINDS)
def test_validation_data_of_every_kind_beside_an_array(kind):
    data = kinds_of_data(4, 2)[kind]
    model = recorder()
    validation = (data["x"], data["y"]) if "y" in data else data["x"]
    model.fit(rows(6), batch_size=2, validation_data=validation, verbose=0)
    assert [row for rows in minibatches(model, "first")[3:] for row in rows] == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", ["tf.data", "PyDataset"])
def test_bad_validation_data_are_one_sentence(kind):
    bad = np.full((4, 2), np.nan, "float32")
    data = Minibatches(bad, 2) if kind == "PyDataset" else tf.data.Dataset.from_tensor_slices(bad).batch(2)
    with pytest.raises(ValueError, match=r"^The data contain NaN or infinity; remove .*\.$"):
        recorder().fit(rows(6), batch_size=2, validation_data=data, verbose=0)


def test_validation_split_holds_the_last_rows_out():
    model = recorder()
    history = model.fit(rows(10), batch_size=2, validation_split=0.2, verbose=0).history
    assert list(history) == ["first_loss", "second_loss", "val_first_loss", "val_second_loss"]
    seen = minibatches(model, "first")
    assert {row for rows in seen[:4] for row in rows} == set(range(8))
    assert seen[4:] == [[8, 9]]


def test_validation_split_cuts_each_array_by_its_own_length():
    """The images of two domains need not be as many."""
    x, y, held_out = hold_out(np.arange(10), np.arange(5), 0.4)
    assert [list(rows) for rows in (x, y, *held_out)] == [[*range(6)], [0, 1, 2], [6, 7, 8, 9], [3, 4]]
