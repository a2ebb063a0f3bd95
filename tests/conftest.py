"""What all tests share."""

import os

import pytest

import ganzoo  # noqa: F401  before TensorFlow, whose fast kernels it turns on

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """The same weights in every run: networks as small as the tests' are dead at some, and give one image for all."""
    import keras

    keras.utils.set_random_seed(1)
