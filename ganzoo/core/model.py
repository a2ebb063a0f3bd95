"""A game between players as a Keras model: one round is one `train_step`."""

import abc
import functools

import keras

from ganzoo.core import backend
from ganzoo.core.average import follow, twin
from ganzoo.core.inference import of_network
from ganzoo.core.resume import RestOfEpoch
from ganzoo.core.rounds import hold_out, is_dataset, pair, rounds
from ganzoo.core.saving import Saved
from ganzoo.core.turns import look, play
from ganzoo.data.samples import Samples
from ganzoo.messages import did_you_mean


class AdversarialModel(Saved, backend.Trainer, keras.Model, abc.ABC):
    """Abstract base of all adversarial models.

    A concrete model keeps each constructor argument as an attribute of the same name, declares its `players` in the
    order in which they move, and gives their papers' optimizers. Networks must be built when the constructor returns.

    In a round every player moves once, by `steps` updates on a fresh minibatch each. So a round takes k minibatches,
    k being the largest number of steps of any player; `batch_size` always means the minibatch of one update.

    While a round is being computed, `self.training` is True; in `evaluate` it is False. Noise that a loss draws by
    `random_normal` and `random_uniform` is saved with the model, and `evaluate` has a stream of its own, the same at
    every call, so that looking at a model changes nothing in its training.
    """

    # Names of the players that tell real from fake by a cross-entropy: where it vanishes, they are saturated.
    cross_entropy_adversaries = ()

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.training = False
        self.initial_round = 0
        self.noise = keras.random.SeedGenerator()
        self.evaluation_noise = keras.random.SeedGenerator(seed=0)
        self.built = True

    @property
    @abc.abstractmethod
    def players(self):
        """The players by name, in the order in which they move: {name: Player}."""

    @abc.abstractmethod
    def default_optimizers(self):
        """The paper's optimizers: {player: new keras optimizer}."""

    @property
    def minibatches_per_round(self):
        """k, the number of minibatches that one round takes."""
        return max(player.steps for player in self.players.values())

    # --- noise -------------------------------------------------------------------------------------------------------

    def random_normal(self, shape):
        """Standard normal float32 noise from the stream of training, or of evaluation."""
        return backend.share_of(lambda shape: keras.random.normal(shape, dtype="float32", seed=self._stream), shape)

    def random_uniform(self, shape):
        """Uniform float32 noise in [0, 1) from the stream of training, or of evaluation."""
        return backend.share_of(lambda shape: keras.random.uniform(shape, dtype="float32", seed=self._stream), shape)

    @property
    def _stream(self):
        return self.noise if self.training else self.evaluation_noise

    @property
    def averaged_networks(self):
        """The networks whose weights are averaged where `compile` asks for it: {name of the attribute: its player}."""
        return {}

    # --- training ----------------------------------------------------------------------------------------------------

    def compile(self, optimizer=None, *, average=None, **keras_args):
        """Prepare for training.

        Args:
            optimizer: {player: Keras optimizer}; players left out, and None, get the optimizers of the model's paper.
            average: decay, between 0 and 1, of an exponential moving average of the generator's weights (and the
                encoder's) over the rounds, such as 0.999; `generate` then uses the averages. None for no averages.
            **keras_args: `steps_per_execution`, `run_eagerly`, `jit_compile`, as for any Keras model.

        Raises:
            ValueError: a player that the model does not have, one optimizer for two players, an average outside (0, 1),
                or a Keras argument that has no meaning in a game (`loss`, `metrics`).
        """
        unknown = set(keras_args) - {"steps_per_execution", "run_eagerly", "jit_compile"}
        if unknown:
            raise ValueError(
                f"compile() does not take {', '.join(sorted(unknown))}: the losses and their averages belong to the "
                f"players of {type(self).__name__} ({', '.join(self.players)})."
            )
        if average is not None and not 0 < average < 1:
            raise ValueError(f"average is a decay between 0 and 1, such as 0.999; got {average}.")
        super().compile(optimizer=None, **keras_args)
        self.__dict__.pop("_inference", None)  # of the averages before
        self.average = average
        self.averages = {} if average is None else {name: twin(getattr(self, name)) for name in self.averaged_networks}
        self._loss_tracker = None
        self._compile_arguments = dict(keras_args)
        self.optimizers = self._optimizers(optimizer)
        for name, player in self.players.items():
            self.optimizers[name].build(player.variables)
        self.loss_trackers = {name: keras.metrics.Mean(name=f"{name}_loss") for name in self.players}

    def _optimizers(self, given):
        if not isinstance(given, dict | None):
            raise ValueError(
                f"optimizer must map players ({', '.join(self.players)}) to Keras optimizers, one each; got {given!r}."
            )
        given = given or {}
        for name in given:
            if name not in self.players:
                raise ValueError(
                    f"optimizer names the player {name!r}, and {type(self).__name__} has "
                    f"{', '.join(self.players)}{did_you_mean(name, self.players)}"
                )
        optimizers = self.default_optimizers() | {name: keras.optimizers.get(value) for name, value in given.items()}
        if len({id(value) for value in optimizers.values()}) < len(optimizers):
            raise ValueError("optimizer gives the same object to two players; each needs an optimizer of its own.")
        if self.dtype_policy.name == "mixed_float16":  # gradients of float16 vanish unless the loss is scaled up
            scaled = keras.optimizers.LossScaleOptimizer
            optimizers = {
                name: value if isinstance(value, scaled) else scaled(value) for name, value in optimizers.items()
            }
        return {name: optimizers[name] for name in self.players}

    @property
    def metrics(self):
        """One mean loss a player, since the start of the epoch."""
        return list(self.loss_trackers.values()) if self.compiled else []

    def train_round(self, data):
        """One round: each player in turn makes its updates. Returns {player_loss: mean over the epoch so far}."""
        self.training = True
        try:
            for name, loss in play(self.players, self.optimizers, self._minibatches(data)):
                self.loss_trackers[name].update_state(loss)
            for name, copy in self.averages.items():
                follow(
                    copy, getattr(self, name), self.average, self.optimizers[self.averaged_networks[name]].iterations
                )
        finally:
            self.training = False
        return self.get_metrics_result()

    def test_round(self, data):
        """The losses of one round, without an update; networks in inference mode."""
        for name, loss in look(self.players, self._minibatches(data)):
            self.loss_trackers[name].update_state(loss)
        return self.get_metrics_result()

    def _minibatches(self, data):
        """The round's rows dealt out by strides, so that replicas see the minibatches that one device would."""
        k = self.minibatches_per_round
        if k == 1:
            return [data]
        return [keras.tree.map_structure(lambda rows, i=i: rows[i::k], data) for i in range(k)]

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        *,
        shuffle=True,
        steps_per_epoch=None,
        initial_epoch=0,
        initial_round=0,
        validation_data=None,
        validation_split=0.0,
        validation_batch_size=None,
        **keras_args,
    ):
        """Train. As `keras.Model.fit`, with rounds for steps.

        Args:
            x: samples as an array or `ganzoo.data.Samples`, a `tf.data.Dataset` or a `keras.utils.PyDataset` of
                minibatches. Images are float in [-1, 1], NHWC; (image, label) pairs are accepted everywhere.
            y: labels, where x is an array that has some.
            batch_size: size of the minibatch of one update (default 32), of all devices together; only with arrays. The
                engine gathers k of them into a round.
            epochs: passes over the data. With k = 1 a smaller last minibatch is trained where the devices can share it
                evenly, with k > 1 an incomplete last round is left out.
            steps_per_epoch: rounds an epoch.
            initial_epoch, initial_round: where to go on: so many epochs, and rounds of the next one, are done. Of
                `Samples` is then read what comes after them, and that epoch's mean losses are those of all its rounds.
                Callbacks find `initial_round` in the model, and count the batches of that epoch from 0.
            validation_data: data of any of these kinds, or (x, y); its losses come as `val_<player>_loss`.
            **keras_args: `verbose`, `callbacks`, `validation_steps`, `validation_freq`.

        Raises:
            ValueError: not one full round of data, samples that do not fit the networks, images outside [-1, 1], NaN,
                an `initial_round` that the epoch does not have, or after which its rounds are no multiple of
                `steps_per_execution`, minibatches that the devices cannot share evenly.
        """
        if {"class_weight", "sample_weight"} & set(keras_args):
            raise ValueError("fit() takes no class_weight or sample_weight: the losses of a game are plain means.")
        if validation_split:
            x, y, validation_data = hold_out(x, y, validation_split)
        ahead = {"initial_epoch": initial_epoch, "initial_round": initial_round, "epochs": epochs - initial_epoch}
        data, steps, first_round = self._rounds(x, y, batch_size, shuffle=shuffle, steps=steps_per_epoch, **ahead)
        self.initial_round = initial_round
        if initial_round:
            if (steps - initial_round) % self.steps_per_execution:
                raise ValueError(
                    f"The rounds left of an epoch must be a multiple of steps_per_execution={self.steps_per_execution} "
                    f"to go on; there are {steps - initial_round}."
                )
            keras_args["callbacks"] = [RestOfEpoch(steps - initial_round), *(keras_args.get("callbacks") or ())]
        held_out = None
        if validation_data is not None:
            validation_x, validation_y = pair(validation_data)
            size = None if is_dataset(validation_x) else validation_batch_size or batch_size
            validation_data, _, held_out = self._rounds(validation_x, validation_y, size)
        with first_round.plain_errors(held_out):
            return super().fit(
                data,
                shuffle=False,
                epochs=epochs,
                initial_epoch=initial_epoch,
                steps_per_epoch=steps,
                validation_data=validation_data,
                **keras_args,
            )

    def evaluate(self, x=None, y=None, batch_size=None, *, steps=None, **keras_args):
        """Mean losses of the players, without training, as `keras.Model.evaluate`; arguments as for `fit`."""
        self.evaluation_noise.state.assign([0, 0])
        if keras_args.get("_use_cached_eval_dataset"):  # `fit` asks, and has made its rounds of the data already
            return super().evaluate(x, steps=steps, **keras_args)
        data, _, first_round = self._rounds(x, y, batch_size)
        with first_round.plain_errors():
            return super().evaluate(data, steps=steps, **keras_args)

    def _rounds(self, x, y, batch_size, **options):
        options |= {"k": self.minibatches_per_round, "replicas": self.replicas, "draw_seed": self.draw_seed}
        options |= {"samples_of": self.samples_of, "check_rows": self.check_rows}
        data, steps, first_round = rounds(x, y, batch_size=batch_size, **options)
        self.check_samples(data.element_spec if hasattr(data, "element_spec") else data[0])
        return data, steps, first_round

    def samples_of(self, *arrays, seed):
        """`Samples` of the arrays that `fit` or `evaluate` was given, labels included."""
        return Samples(*arrays, seed=seed)

    def check_samples(self, spec):
        """ValueError where samples of this specification (a structure with `.shape`s) do not fit the networks."""

    def check_rows(self, *arrays):
        """ValueError where the values in these arrays of the data (samples, then labels) do not fit the model."""

    # --- inference ---------------------------------------------------------------------------------------------------

    def network(self, name, averaged=None):
        """The network that is the attribute `name`, or the average of it.

        Args:
            averaged: whether to take the average of its weights; by default where there is one.

        Raises:
            ValueError: an average that was not compiled.
        """
        there = self.compiled and name in self.averages
        if averaged and not there:
            raise ValueError(
                "averaged=True needs averages, and the model was compiled without; compile(average=0.999)."
            )
        return self.averages[name] if there and averaged is not False else getattr(self, name)

    def infer(self, network, *arrays, batch_size):
        """What a network makes of arrays of rows, in inference mode: NumPy float32, `batch_size` rows at a time."""
        if network not in self._inference:
            self._inference[network] = of_network(network)
        return self._inference[network](*arrays, batch_size=batch_size)

    @functools.cached_property
    def _inference(self):
        return {}
