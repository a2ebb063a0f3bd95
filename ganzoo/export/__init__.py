"""From a model to files that serve: each is compared with the model before it has its name."""

from ganzoo.export.saved_model import saved_model
from ganzoo.export.tflite import tflite

__all__ = ["saved_model", "tflite"]
