"""A client of TensorFlow Serving that speaks of seeds and images."""

import io

import numpy as np
from PIL import Image

from ganzoo.messages import did_you_mean

PROTOCOLS = ("rest", "grpc")


class Client:
    """A model on a server.

        client = ganzoo.serving.Client("localhost:8501", "dcgan_mnist")
        images = client.generate([0, 1, 2])                     # (3, 28, 28, 1), in [-1, 1]

    Requests that find no server, or one that is too busy, are sent again, at growing intervals. What a signature takes
    and gives is asked of the server once.

    Args:
        address: host:port; by default 8501 is the port of REST and 8500 that of gRPC.
        model: its name in the server's configuration.
        version: a number; by default the newest.
        label: of a version, such as "stable"; in place of `version`. gRPC knows labels, REST too.
        protocol: "rest" or "grpc".
        timeout: seconds that an answer may take.
        retries: how often a request is sent again.

    Raises:
        ValueError: bad arguments; an unknown signature or input, and what the server knows.
        ServingError: what the server answered, or that it did not.
    """

    def __init__(self, address, model, *, version=None, label=None, protocol="rest", timeout=10.0, retries=3):
        if version is not None and label is not None:
            raise ValueError(f"Give version or label, not both; got {version!r} and {label!r}.")
        if protocol not in PROTOCOLS:
            raise ValueError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {protocol!r}.")
        if "://" in address or ":" not in address:
            raise ValueError(f"address must be host:port, such as localhost:8501; got {address!r}.")
        if protocol == "rest":
            from ganzoo.serving.rest import Rest as Transport
        else:
            from ganzoo.serving.grpc import Grpc as Transport
        self._transport = Transport(address, model, version, label, timeout, retries)
        self._signatures = None

    @property
    def signatures(self):
        """{signature: ({input: (dtype, shape)}, {output: (dtype, shape)})}; bytes have the dtype object."""
        if self._signatures is None:
            self._signatures = self._transport.signatures()
        return self._signatures

    def predict(self, signature="serving_default", **inputs):
        """Runs a signature.

        Args:
            signature: its name.
            **inputs: arrays, by the signature's names; the first axis of all is the batch. Files of images are bytes.

        Returns:
            {output: array}
        """
        if signature not in self.signatures:
            known = sorted(self.signatures)
            raise ValueError(
                f"The model has no signature {signature!r}, it has {', '.join(known)}{did_you_mean(signature, known)}"
            )
        takes, gives = self.signatures[signature]
        if set(inputs) != set(takes):
            raise ValueError(f"{signature!r} takes {', '.join(takes)}; got {', '.join(inputs) or 'nothing'}.")
        arrays = {name: _array(value, takes[name][0], name) for name, value in inputs.items()}
        return self._transport.predict(signature, arrays, gives)

    def generate(self, seeds, labels=None):
        """Samples of integer seeds, (n, ...) float32: those of `model.generate(seeds=..., labels=...)`."""
        made = self.predict("generate", **_seeded(seeds, labels))
        return made["image"] if "image" in made else made["sample"]

    def generate_png(self, seeds, labels=None):
        """The same images as a list of PNG files, each `bytes`."""
        return list(self.predict("generate_png", **_seeded(seeds, labels))["image_bytes"])

    def translate(self, images, to="b"):
        """Images of one domain in the other.

        Args:
            images: float32 (n, height, width, channels) in [-1, 1], or uint8, or a list of PNG or JPEG files as bytes.
            to: "a" or "b".

        Returns:
            The same kind as `images`.
        """
        if to not in ("a", "b"):
            raise ValueError(f"to must be 'a' or 'b'; got {to!r}.")
        name = f"translate_to_{to}"
        if not isinstance(images, np.ndarray):
            return list(self.predict(f"{name}_png", image_bytes=images)["image_bytes"])
        if images.dtype == np.uint8:
            return self.predict(f"{name}_uint8", image=images)["image_uint8"]
        return self.predict(name, image=images)["image"]

    def version(self):
        """The number of the version that answers. ServingError where none is ready."""
        return self._transport.version()


def from_png(file):
    """A PNG or JPEG file as `bytes` -> its grey levels, uint8 (height, width, channels)."""
    levels = np.asarray(Image.open(io.BytesIO(file)))
    return levels[..., None] if levels.ndim == 2 else levels


def _seeded(seeds, labels):
    return {"seed": seeds} | ({} if labels is None else {"labels": labels})


def _array(value, dtype, name):
    """As the signature's type; ValueError where numbers would be lost."""
    if np.dtype(dtype).hasobject:
        return np.asarray(value, object)
    array = np.asarray(value)
    if array.dtype == object or not np.can_cast(array.dtype, dtype, "same_kind"):
        whole = array.dtype.kind in "iu" and np.dtype(dtype).kind in "iu"
        limits = np.iinfo(dtype) if whole else None
        if not whole or (array.size and (array.min() < limits.min or array.max() > limits.max)):
            raise ValueError(f"{name} must be {np.dtype(dtype)}; got {array.dtype}.")
    return array.astype(dtype)
