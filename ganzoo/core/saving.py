"""How a game is written to a file whole, and read from it."""

import inspect

import keras


class _Presets:
    """`WGANGP.presets`: the presets that are models of the class or of one below it, {name: entry of the registry}."""

    def __get__(self, model, kind):
        from ganzoo import presets

        kinds, below = [kind], kind.__subclasses__()
        while below:
            kinds.append(below.pop())
            below += kinds[-1].__subclasses__()
        return presets.of(*(kind.__name__ for kind in kinds))


class Saved:
    """What Keras asks of a model that it saves: the config of model and `compile`, and all variables that move."""

    presets = _Presets()

    def get_config(self):
        """The constructor's arguments, networks included."""
        parameters = inspect.signature(type(self).__init__).parameters.values()
        names = [each.name for each in parameters if each.name != "self" and each.kind is not each.VAR_KEYWORD]
        arguments = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in names}
        return {"name": self.name, "dtype": keras.saving.serialize_keras_object(self.dtype_policy)} | arguments

    @classmethod
    def from_config(cls, config):
        return cls(**{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()})

    def get_compile_config(self):
        if not self.compiled:
            return None
        optimizers = keras.saving.serialize_keras_object(self.optimizers)
        return {"optimizer": optimizers, "average": self.average} | self._compile_arguments

    def compile_from_config(self, config):
        config = dict(config)
        config.pop("auto_scale_loss", None)  # which `compile` once took, without effect
        self.compile(optimizer=keras.saving.deserialize_keras_object(config.pop("optimizer")), **config)

    def save_to_preset(self, folder):
        """Writes the model as a preset, of which `ganzoo.from_preset(folder)` makes it again; see `ganzoo.presets`."""
        from ganzoo import presets  # which imports the engine

        presets.write(self, folder)

    @classmethod
    def from_preset(cls, name, load_weights=True):
        """The preset's model, as `ganzoo.from_preset`; ValueError where it is of another class."""
        from ganzoo import presets

        model = presets.from_preset(name, load_weights)
        if not isinstance(model, cls):
            raise ValueError(f"The preset {str(name)!r} is a {type(model).__name__}, no {cls.__name__}.")
        return model

    def save_own_variables(self, store):
        """Also what Keras does not save: the losses' running means, and the state of every noise stream."""
        super().save_own_variables(store)
        for name, variable in self._state_beside_weights().items():
            store[name] = variable

    def load_own_variables(self, store):
        saved = {name: store[name] for name in store.keys()}  # noqa: SIM118 - an HDF5 group with keys, no mapping
        for name, variable in self._state_beside_weights().items():
            if name in saved:  # a file of weights alone has none
                variable.assign(saved[name])
        super().load_own_variables({name: value for name, value in saved.items() if name.isdigit()})

    def _state_beside_weights(self):
        """{name: variable}: noise streams here and in the networks' layers, and the metrics of the players."""
        metrics = self.metrics_variables
        known = {id(variable) for variable in [*self.weights, *metrics]}
        noise = [variable for variable in self.variables if id(variable) not in known]
        named = {f"noise_{index}": variable for index, variable in enumerate(noise)}
        return named | {f"loss_{index}": variable for index, variable in enumerate(metrics)}
