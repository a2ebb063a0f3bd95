"""The REST API of TensorFlow Serving: https://www.tensorflow.org/tfx/serving/api_rest."""

import base64
import json
import time

import numpy as np
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ganzoo.serving.errors import ServingError, retrying

CODES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
DTYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_STRING": "object"}
CONNECTIONS = 64  # that stay open, for as many threads
BYTES = 2**16  # of an answer, read at a time


class Rest:
    """A model's address over HTTP; arguments as for `Client`."""

    def __init__(self, address, model, version, label, timeout, retries):
        which = f"/versions/{version}" if version is not None else f"/labels/{label}" if label is not None else ""
        self._url = f"http://{address}/v1/models/{model}{which}"
        self._timeout, self._retries = timeout, retries
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))

    def metadata(self):
        """(number of the version that answers, {signature: (inputs, outputs)}), as `Client.signatures` has them."""
        found = self._ask("GET", "/metadata")
        signatures = found["metadata"]["signature_def"]["signature_def"]
        named = {
            name: (_specs(one["inputs"]), _specs(one["outputs"]))
            for name, one in signatures.items()
            if not name.startswith("__")  # which TensorFlow adds
        }
        return int(found["model_spec"]["version"]), named

    def predict(self, signature, arrays, gives):
        inputs = {name: _to_json(array) for name, array in arrays.items()}
        found = self._ask("POST", ":predict", {"signature_name": signature, "inputs": inputs})["outputs"]
        if len(gives) == 1:  # which the server does not name
            found = {next(iter(gives)): found}
        return {name: _from_json(found[name], dtype) for name, (dtype, _) in gives.items()}

    def close(self):
        self._session.close()

    def _ask(self, method, path, content=None):
        data = content and json.dumps(content)  # NaN and infinity included, which the server reads
        return retrying(lambda left: self._ask_once(method, self._url + path, data, left), self._timeout, self._retries)

    def _ask_once(self, method, url, data, left):
        end = time.monotonic() + left
        try:
            options = {"timeout": Timeout(total=left), "allow_redirects": False, "stream": True}
            with self._session.request(method, url, data=data, **options) as answer:
                body = _read(answer.raw, end)
        except (requests.Timeout, TimeoutError, ReadTimeoutError):
            raise ServingError("DEADLINE_EXCEEDED", f"no answer from {url} in {self._timeout:g} s") from None
        except (requests.RequestException, HTTPError) as error:
            raise ServingError("UNAVAILABLE", f"{url} does not answer ({type(error).__name__})") from None
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if answer.ok and isinstance(content, dict):
            return content
        said = content.get("error") if isinstance(content, dict) else None
        code = "UNKNOWN" if answer.ok else CODES.get(answer.status_code, "UNKNOWN")
        raise ServingError(code, said or f"{url} answers {answer.status_code} {answer.reason}, not as a model server")


def _read(raw, end):
    """The body of an answer, of which what comes is read at once: `requests` would wait anew for each part of it."""
    parts = []
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if raw.connection is not None and raw.connection.sock is not None:
            raw.connection.sock.settimeout(left)
        part = raw.read1(BYTES, decode_content=True)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _specs(tensors):
    return {
        name: (
            np.dtype(DTYPES.get(one["dtype"]) or one["dtype"].removeprefix("DT_").lower()),
            tuple(int(axis["size"]) for axis in one["tensor_shape"].get("dim", ())),
        )
        for name, one in tensors.items()
    }


def _to_json(array):
    if array.dtype == object:
        return [{"b64": base64.b64encode(file).decode()} for file in array]
    return array.tolist()


def _from_json(values, dtype):
    if not dtype.hasobject:
        return np.array(values, dtype)
    return np.array([base64.b64decode(value["b64"]) for value in values], object)
