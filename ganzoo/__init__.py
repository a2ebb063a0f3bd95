"""ganzoo: a model zoo of generative adversarial networks and normalizing flows for Keras 3.

The public names are loaded when they are first used, so that `import ganzoo` imports neither Keras nor TensorFlow.
"""

import importlib
import os

# Read by TensorFlow when it is imported. By itself it leaves oneDNN's kernels off where the processor has no AVX-512,
# and has about half the speed of convolutions.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__version__ = "0.1.0"

_SUBMODULES = (
    "bijectors",
    "callbacks",
    "config",
    "constraints",
    "core",
    "data",
    "export",
    "layers",
    "latent",
    "losses",
    "metrics",
    "models",
    "networks",
    "penalties",
    "presets",
    "schedules",
    "serving",
)

__all__ = ["__version__", "from_preset", *_SUBMODULES]


def from_preset(name, load_weights=True):
    """A trained model by the name of a preset, or the path of its folder; see `ganzoo.presets.from_preset`."""
    from ganzoo.presets import from_preset

    return from_preset(name, load_weights)


def __getattr__(name):
    if name in _SUBMODULES:
        from ganzoo.messages import extras_named

        with extras_named():
            return importlib.import_module(f"ganzoo.{name}")
    raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
