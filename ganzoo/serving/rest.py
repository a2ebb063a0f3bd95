"""The REST API of TensorFlow Serving: https://www.tensorflow.org/tfx/serving/api_rest."""

import base64

import numpy as np
import requests
import urllib3
from requests.adapters import HTTPAdapter

from ganzoo.serving.errors import ServingError

BUSY = (429, 502, 503, 504)
CODES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
DTYPES = {
    "DT_FLOAT": np.float32, "DT_INT32": np.int32, "DT_INT64": np.int64, "DT_UINT8": np.uint8, "DT_STRING": object
}  # fmt: skip


class Rest:
    """A model's address over HTTP; arguments as for `Client`."""

    def __init__(self, address, model, version, label, timeout, retries):
        which = f"/versions/{version}" if version is not None else f"/labels/{label}" if label is not None else ""
        self._url, self._timeout = f"http://{address}/v1/models/{model}{which}", timeout
        self._session = requests.Session()
        again = urllib3.Retry(
            retries, read=False, status_forcelist=BUSY, allowed_methods=None, backoff_factor=0.1, raise_on_status=False
        )
        self._session.mount("http://", HTTPAdapter(max_retries=again, pool_maxsize=64))

    def signatures(self):
        found = self._ask("GET", "/metadata")["metadata"]["signature_def"]["signature_def"]
        return {
            name: (_specs(one["inputs"]), _specs(one["outputs"]))
            for name, one in found.items()
            if not name.startswith("__")
        }

    def predict(self, signature, arrays, gives):
        inputs = {name: _to_json(array) for name, array in arrays.items()}
        found = self._ask("POST", ":predict", {"signature_name": signature, "inputs": inputs})["outputs"]
        if len(gives) == 1:  # which the server does not name
            found = {next(iter(gives)): found}
        return {name: _from_json(found[name], dtype) for name, (dtype, _) in gives.items()}

    def version(self):
        states = self._ask("GET", "")["model_version_status"]
        ready = [int(one["version"]) for one in states if one["state"] == "AVAILABLE"]
        if not ready:
            raise ServingError("UNAVAILABLE", f"no version of {self._url} is ready")
        return max(ready)

    def _ask(self, method, path, content=None):
        try:
            answer = self._session.request(method, self._url + path, json=content, timeout=self._timeout)
        except requests.Timeout:
            raise ServingError("DEADLINE_EXCEEDED", f"no answer from {self._url} in {self._timeout} s") from None
        except requests.ConnectionError:
            raise ServingError("UNAVAILABLE", f"there is no server at {self._url}") from None
        if answer.ok:
            return answer.json()
        try:
            said = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            said = answer.text[:200]
        raise ServingError(CODES.get(answer.status_code, f"HTTP {answer.status_code}"), said)


def _specs(tensors):
    return {
        name: (DTYPES[one["dtype"]], tuple(int(axis["size"]) for axis in one["tensor_shape"].get("dim", ())))
        for name, one in tensors.items()
    }


def _to_json(array):
    if array.dtype == object:
        return [{"b64": base64.b64encode(file).decode()} for file in array]
    return array.tolist()


def _from_json(values, dtype):
    if not np.dtype(dtype).hasobject:
        return np.array(values, dtype)
    found = np.empty(len(values), object)
    found[:] = [base64.b64decode(value["b64"]) for value in values]
    return found
