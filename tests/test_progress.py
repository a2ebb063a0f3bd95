"""The progress bar's position."""

import keras
import numpy as np

from ganzoo import models
from ganzoo.data import Samples
from ganzoo.progress import ProgressBar


def test_the_bar_begins_where_the_training_does():
    gan = models.GAN.for_vectors(2, width=4)
    gan.compile(run_eagerly=True)
    samples = Samples(np.random.default_rng(0).normal(size=(80, 2)).astype("float32"))
    shown = []
    with ProgressBar() as bar:
        note = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: shown.append(bar._bar.tasks[0].completed)
        )
        place = {"epochs": 3, "initial_epoch": 1, "initial_round": 2}
        gan.fit(samples, batch_size=16, **place, verbose=0, callbacks=[bar, note])
    assert shown == list(range(8, 16))
    assert bar._bar.tasks[0].total == 15
