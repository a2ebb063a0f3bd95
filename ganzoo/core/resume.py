"""Going on in the middle of an epoch."""

import keras


class RestOfEpoch(keras.callbacks.Callback):
    """Makes the first epoch of a `fit` the rest of one that was begun before: the losses' running means go on.

    It must be the first of the callbacks, so that the others may still end the training after that epoch.

    Args:
        rounds: how many the epoch still has.
    """

    def __init__(self, rounds):
        super().__init__()
        self.rounds = rounds
        self.begun = False
        self.ending = False

    def on_train_begin(self, logs=None):
        self.means = [keras.ops.convert_to_numpy(variable) for variable in self.model.metrics_variables]

    def on_epoch_begin(self, epoch, logs=None):
        if not self.begun:  # Keras has just set them to zero
            for variable, value in zip(self.model.metrics_variables, self.means, strict=True):
                variable.assign(value)
        self.begun = True

    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 == self.rounds:
            self.model.stop_training = self.ending = True  # ends the epoch; its end takes it back
            self.rounds = None

    def on_epoch_end(self, epoch, logs=None):
        if self.ending:
            self.model.stop_training = self.ending = False
