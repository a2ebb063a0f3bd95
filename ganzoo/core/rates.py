"""Learning rates that are lowered while a model is being trained, scheduled ones as well."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class ScaledSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """`factor` times another schedule, at every step."""

    def __init__(self, schedule, factor):
        super().__init__()
        self.schedule, self.factor = schedule, factor

    def __call__(self, step):
        return self.factor * self.schedule(step)

    def get_config(self):
        return {"schedule": keras.saving.serialize_keras_object(self.schedule), "factor": self.factor}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config["schedule"]), config["factor"])


def lower_learning_rates(model, factor):
    """Multiplies the learning rate of every player's optimizer by `factor`; a schedule goes on at `factor` times it.

    The lowered rates are saved with the model.
    """
    for optimizer in (getattr(model, "optimizers", None) or {"": model.optimizer}).values():
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of one that scales the loss, too
        schedule = optimizer._learning_rate
        if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            optimizer.learning_rate = float(optimizer.learning_rate) * factor
        elif isinstance(schedule, ScaledSchedule):
            optimizer.learning_rate = ScaledSchedule(schedule.schedule, schedule.factor * factor)
        else:
            optimizer.learning_rate = ScaledSchedule(schedule, factor)
