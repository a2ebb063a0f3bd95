"""The seam: what the engine needs from a Keras backend. Everything else is `keras.ops` and `keras.random`."""

import importlib

import keras

BACKENDS = ("tensorflow",)

if keras.backend.backend() not in BACKENDS:
    raise ImportError(
        f"ganzoo trains on the Keras backends {', '.join(BACKENDS)}, and the active one is "
        f"{keras.backend.backend()!r}; set KERAS_BACKEND={BACKENDS[0]} before Keras is imported."
    )

_backend = importlib.import_module(f"ganzoo.core.{keras.backend.backend()}")

minimize = _backend.minimize
input_gradient = _backend.input_gradient
row_noise = _backend.row_noise
compiled = _backend.compiled
