"""A model whose samples are of the data, and its scores."""

import numpy as np

from ganzoo import evaluation

DIGITS = {"name": "digits"}


class Real:
    """A perfect model: its samples are others of the data."""

    def __init__(self, samples):
        self.samples = samples

    def generate(self, seeds):
        return self.samples.images(np.asarray(seeds) % len(self.samples))


def scores_of(model, section=DIGITS, wanted=(), **named):
    subject = evaluation.subject_of(model, section, **{"features": "pixels", "n": 300} | named)
    return {score.name: score for score in evaluation.evaluate(subject, wanted)}
