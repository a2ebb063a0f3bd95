"""The demo's digits, judged by a classifier of real digits."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from ganzoo import config, data, runs


@pytest.mark.slow
def test_the_demo_draws_all_ten_digits(tmp_path):
    run, epochs = runs.train(config.read("dcgan_digits"), "dcgan_digits", tmp_path / "demo")
    assert epochs == 30
    generated = run.load().generate(1000, seed=0).reshape(1000, -1)
    real = data.read("digits")
    images, labels = real.take(np.arange(len(real)))
    for classifier in (LogisticRegression(max_iter=2000), MLPClassifier(max_iter=300, random_state=0)):
        classifier.fit(images.reshape(len(images), -1), labels)
        probabilities = classifier.predict_proba(generated)
        shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / 1000
        assert shares.min() >= 0.03, shares
        assert probabilities.max(axis=1).mean() > 0.75
