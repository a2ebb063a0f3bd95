"""Learning rate schedules that Keras lacks; configs name them like Keras's own."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate stays what it is for `hold_steps` updates and then falls in a straight line to zero.

    CycleGAN (Zhu et al., 2017, arXiv:1703.10593, appendix 7.1) has it: 100 epochs each.

    Args:
        initial_learning_rate: the rate until then.
        hold_steps: updates with that rate.
        decay_steps: updates from there to zero, at least 1.
    """

    def __init__(self, initial_learning_rate: float, hold_steps: int, decay_steps: int):
        if hold_steps < 0 or decay_steps < 1:
            raise ValueError(
                f"hold_steps must be at least 0 and decay_steps at least 1; got {hold_steps} and {decay_steps}."
            )
        self.initial_learning_rate, self.hold_steps, self.decay_steps = initial_learning_rate, hold_steps, decay_steps

    def __call__(self, step):
        left = (self.hold_steps + self.decay_steps - ops.cast(step, "float32")) / self.decay_steps
        return self.initial_learning_rate * ops.clip(left, 0.0, 1.0)

    def get_config(self):
        return {name: getattr(self, name) for name in ("initial_learning_rate", "hold_steps", "decay_steps")}
