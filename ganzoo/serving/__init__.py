"""Asking a TensorFlow Serving for images. Needs no TensorFlow by REST; `pip install 'ganzoo[serving]'`."""

from ganzoo.serving.client import Client
from ganzoo.serving.errors import ServingError

__all__ = ["Client", "ServingError"]
