"""Asking a TensorFlow Serving for images: `pip install 'ganzoo[serving]'`. Over REST, TensorFlow is not imported.

`ganzoo.serving.config`, which is not imported here, writes what the server is started with.
"""

from ganzoo.serving.client import Client
from ganzoo.serving.errors import ServingError

__all__ = ["Client", "ServingError"]
