"""A client of TensorFlow Serving that speaks of seeds and images."""

import importlib

import numpy as np

from ganzoo.messages import did_you_mean, extras_named

PROTOCOLS = {"rest": "Rest", "grpc": "Grpc"}


class Client:
    """A model on a server.

        client = ganzoo.serving.Client("localhost:8501", "dcgan_mnist")
        images = client.generate([0, 1, 2])                     # (3, 28, 28, 1), in [-1, 1]

    A request that finds no server, or a busy one, is sent again after a pause that doubles. What a signature takes and
    gives is asked of the server once. Several threads may use one client.

    Args:
        address: host:port; 8501 is the usual port of REST and 8500 that of gRPC.
        model: its name in the server's configuration.
        version: a number; by default the newest.
        label: of a version, such as "stable"; in place of `version`.
        protocol: "rest", or "grpc", which sends numbers as bytes and needs TensorFlow here.
        timeout: seconds after which there is an answer or a `ServingError` DEADLINE_EXCEEDED, all retries included.
        retries: how often a request is sent again.

    Raises:
        ValueError: bad arguments; an unknown signature or input, and what the server knows.
        ServingError: what the server answered, or that it did not.
        ImportError: the extra `serving` is not installed.
    """

    def __init__(self, address, model, *, version=None, label=None, protocol="rest", timeout=10.0, retries=3):
        if version is not None and label is not None:
            raise ValueError(f"Give version or label, not both; got {version!r} and {label!r}.")
        if protocol not in PROTOCOLS:
            raise ValueError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {protocol!r}.")
        if "/" in address or not address.rpartition(":")[2].isdigit():
            raise ValueError(f"address must be host:port, such as localhost:8501; got {address!r}.")
        if timeout <= 0 or retries < 0:
            raise ValueError(f"timeout must be above 0, and retries at least 0; got {timeout} and {retries}.")
        with extras_named():
            module = importlib.import_module(f"ganzoo.serving.{protocol}")
        self._transport = getattr(module, PROTOCOLS[protocol])(address, model, version, label, timeout, retries)
        self._signatures = None

    @property
    def signatures(self):
        """{signature: ({input: (dtype, shape)}, {output: (dtype, shape)})}; bytes have the dtype object."""
        if self._signatures is None:
            _, self._signatures = self._transport.metadata()
        return self._signatures

    @property
    def version(self):
        """The number of the version that answers now."""
        return self._transport.metadata()[0]

    def predict(self, signature="serving_default", **inputs):
        """Runs a signature.

        Args:
            signature: its name.
            **inputs: arrays, by the signature's names; the first axis of all is the batch. Files of images are bytes.
                `seed` of signatures that encode samples is by default 0, 1, ..., as of the model's own methods.

        Returns:
            {output: array}
        """
        if signature not in self.signatures:
            known = sorted(self.signatures)
            raise ValueError(
                f"The model has no signature {signature!r}, it has {', '.join(known)}{did_you_mean(signature, known)}"
            )
        takes, gives = self.signatures[signature]
        samples = inputs.get("image", inputs.get("sample"))
        if "seed" in takes and samples is not None:
            inputs = {"seed": np.arange(len(np.atleast_1d(samples)))} | inputs
        if set(inputs) != set(takes):
            raise ValueError(f"{signature!r} takes {', '.join(sorted(takes))}; got {', '.join(inputs) or 'nothing'}.")
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
            The same kind as `images`; of files, a list of PNG files.
        """
        if to not in ("a", "b"):
            raise ValueError(f"to must be 'a' or 'b'; got {to!r}.")
        name = f"translate_to_{to}"
        if not isinstance(images, np.ndarray):
            return list(self.predict(f"{name}_png", image_bytes=images)["image_bytes"])
        if images.dtype == np.uint8:
            return self.predict(f"{name}_uint8", image=images)["image_uint8"]
        return self.predict(name, image=images)["image"]

    def close(self):
        """Ends the connections."""
        self._transport.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _seeded(seeds, labels):
    return {"seed": seeds} | ({} if labels is None else {"labels": labels})


def _array(value, dtype, name):
    """As the signature's type; ValueError where it is another kind of thing, or integers would change."""
    if dtype.hasobject:
        files = list(value)
        if not all(isinstance(file, bytes) for file in files):
            raise ValueError(f"{name} must be a list of files as bytes; got {type(next(iter(files), None)).__name__}.")
        return np.array(files, object)
    array = np.asarray(value)
    fits = array.dtype.kind in ("iu" if dtype.kind in "iu" else "iuf")
    if fits and dtype.kind in "iu" and array.size:
        limits = np.iinfo(dtype)
        fits = limits.min <= array.min() and array.max() <= limits.max
    if not fits and array.size:
        raise ValueError(f"{name} must be {dtype}; got {array.dtype} that it cannot hold.")
    return array.astype(dtype)
