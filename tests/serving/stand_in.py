"""A stand-in for TensorFlow Serving: no `tensorflow_model_server`, and nothing to serve with.

    python stand_in.py FOLDER        prints the ports of gRPC and REST, and answers until its input ends

The folder is one of `ganzoo serve-config`, with models.config and batching.config.

It answers the Predict and GetModelMetadata calls of the gRPC API and the same of the REST API, on loopback, by Python's
`http.server` and `grpc`. What is TensorFlow's own here as there: the loader of SavedModels, the session that runs them,
and so what is said of inputs of another type or shape, and by the graph itself. What is written after the source of
TensorFlow Serving: which version a request is for, names of signatures and inputs, batches of unequal size, JSON. What
is not there: batching itself but for the largest request, warmup, versions that come and go, other calls.
"""

import base64
import contextlib
import http.server
import json
import pathlib
import re
import sys
import threading
from concurrent import futures

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format, text_format
from tensorflow.core.protobuf import config_pb2
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc
from tensorflow_serving.config import model_server_config_pb2

BYTES = 2**28
CODES = {code.value[0]: code.name for code in grpc.StatusCode}
HTTP = {"INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "NOT_FOUND": 404}  # all else is 500
PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?(?P<what>.*)")


class Refused(Exception):
    """What a client is told in place of a result."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Version:
    """A loaded SavedModel: one session, as TensorFlow Serving has it."""

    def __init__(self, folder, largest):
        self.largest = largest
        self.session = tf.compat.v1.Session(graph=tf.Graph())
        with self.session.graph.as_default():
            loaded = tf.compat.v1.saved_model.load(self.session, ["serve"], str(folder))
        self.signatures = dict(loaded.signature_def)
        # As the C++ API runs them: `Session.run` would look at shapes and types itself.
        self.functions = {
            name: self.session._make_callable_from_options(
                config_pb2.CallableOptions(
                    feed=[tensor.name for tensor in one.inputs.values()],
                    fetch=[tensor.name for tensor in one.outputs.values()],
                )
            )
            for name, one in self.signatures.items()
            if not name.startswith("__")
        }

    def run(self, signature, arrays):
        """{input: array} -> {output: array}; `Refused` as TensorFlow Serving refuses, with --enable_batching."""
        wanted = self.signatures[signature].inputs
        extra, missing = sorted(set(arrays) - set(wanted)), sorted(set(wanted) - set(arrays))
        if extra or missing:
            sizes = f"{len(arrays)}!={len(wanted)}"
            said = f"Sent extra: {{{','.join(extra)}}}. Missing but required: {{{','.join(missing)}}}."
            raise Refused("INVALID_ARGUMENT", f"input size does not match signature: {sizes}. {said}")
        if not all(array.ndim for array in arrays.values()):
            raise Refused("INVALID_ARGUMENT", "Batching Run() input tensors must have at least one dimension")
        if len({len(array) for array in arrays.values()}) > 1:
            raise Refused("INVALID_ARGUMENT", "Batching Run() input tensors must have equal 0th-dimension size")
        rows = len(next(iter(arrays.values())))
        if rows > self.largest:
            said = f"Task size {rows} is larger than maximum input batch size {self.largest}"
            raise Refused("INVALID_ARGUMENT", said)
        try:
            made = self.functions[signature](*(arrays[name] for name in wanted))
        except tf.errors.OpError as error:
            raise Refused(CODES[error.error_code], error.message) from None
        return dict(zip(self.signatures[signature].outputs, made, strict=True))


class Models:
    """What a models.config names, loaded; `largest` is the number of rows that a request may have."""

    def __init__(self, config, largest):
        self.versions, self.labels = {}, {}
        for model in config.model_config_list.config:
            there = sorted(int(path.name) for path in pathlib.Path(model.base_path).iterdir() if path.name.isdigit())
            policy = model.model_version_policy
            wanted = policy.specific.versions or there[-(policy.latest.num_versions or 1) :]
            self.versions[model.name] = {
                one: Version(pathlib.Path(model.base_path, str(one)), largest) for one in wanted
            }
            self.labels[model.name] = dict(model.version_labels)

    def find(self, name, version=None, label=None):
        """(number, `Version`)"""
        if label is not None:
            version = self.labels.get(name, {}).get(label)
            if version is None:
                raise Refused("INVALID_ARGUMENT", f"Unrecognized servable version label: {label}")
        there = self.versions.get(name, {})
        number = max(there, default=None) if version is None else version
        if number not in there:
            asked = f"Latest({name})" if version is None else f"Specific({name}, {version})"
            raise Refused("NOT_FOUND", f"Servable not found for request: {asked}")
        return number, there[number]


class Grpc(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models):
        self.models = models

    def _find(self, spec):
        version = spec.version.value if spec.HasField("version") else None
        return self.models.find(spec.name, version, spec.version_label or None)

    def Predict(self, request, context):
        try:
            number, version = self._find(request.model_spec)
            signature = request.model_spec.signature_name or "serving_default"
            if signature not in version.signatures:
                raise Refused("FAILED_PRECONDITION", f'Serving signature key "{signature}" not found.')
            made = version.run(signature, {name: _array(name, proto) for name, proto in request.inputs.items()})
        except Refused as error:
            context.abort(grpc.StatusCode[error.code], str(error))
        spec = {"name": request.model_spec.name, "version": {"value": number}, "signature_name": signature}
        outputs = {name: tf.make_tensor_proto(array) for name, array in made.items()}
        return predict_pb2.PredictResponse(model_spec=spec, outputs=outputs)

    def GetModelMetadata(self, request, context):
        try:
            number, version = self._find(request.model_spec)
        except Refused as error:
            context.abort(grpc.StatusCode[error.code], str(error))
        answer = get_model_metadata_pb2.GetModelMetadataResponse(
            model_spec={"name": request.model_spec.name, "version": {"value": number}}
        )
        answer.metadata["signature_def"].Pack(get_model_metadata_pb2.SignatureDefMap(signature_def=version.signatures))
        return answer


def _array(name, proto):
    try:
        return tf.make_ndarray(proto)
    except (ValueError, TypeError):
        raise Refused("INVALID_ARGUMENT", f"tensor parsing error: {name}") from None


class Rest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # so that connections stay open
    models = None  # of the subclass that a server makes

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer(self._metadata)

    def do_POST(self):
        self._answer(self._predict)

    def _answer(self, make):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            status, content = 200, make(body)
        except Refused as error:
            status, content = HTTP.get(error.code, 500), {"error": str(error)}
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _find(self, what):
        match = PATH.fullmatch(self.path)
        if not match or match["what"] != what:
            raise Refused("INVALID_ARGUMENT", f"Malformed request: {self.command} {self.path}")
        version = match["version"] and int(match["version"])
        return match["name"], *self.models.find(match["name"], version, match["label"])

    def _metadata(self, _):
        name, number, version = self._find("/metadata")
        signatures = {
            key: json_format.MessageToDict(
                one, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
            )
            for key, one in version.signatures.items()
        }
        return {
            "model_spec": {"name": name, "signature_name": "", "version": str(number)},
            "metadata": {"signature_def": {"signature_def": signatures}},
        }

    def _predict(self, body):
        _, _, version = self._find(":predict")
        try:
            asked = json.loads(body)
            signature, given = asked.get("signature_name", "serving_default"), asked["inputs"]
        except (ValueError, KeyError, AttributeError) as error:
            raise Refused("INVALID_ARGUMENT", f"JSON Parse error: {error!r}") from None
        if signature not in version.signatures:
            raise Refused("INVALID_ARGUMENT", f'Serving signature name: "{signature}" not found in signature def')
        wanted = version.signatures[signature].inputs
        given = given if isinstance(given, dict) else dict.fromkeys(wanted, given)
        if missing := sorted(set(wanted) - set(given)):
            raise Refused("INVALID_ARGUMENT", f"Missing named input: {missing[0]} in 'inputs' object.")
        made = version.run(signature, {name: _parsed(given[name], tensor.dtype) for name, tensor in wanted.items()})
        outputs = {name: _to_json(array) for name, array in made.items()}
        return {"outputs": next(iter(outputs.values())) if len(outputs) == 1 else outputs}


def _parsed(values, kind):
    """JSON as an array of a type; what is of another type is refused."""
    dtype = np.dtype(tf.as_dtype(kind).as_numpy_dtype)
    try:
        if dtype.hasobject:
            return np.array([base64.b64decode(one["b64"], validate=True) for one in values], object)
        array = np.array(values)
        if array.size and array.dtype.kind not in ("iuf" if dtype.kind == "f" else "iu"):
            raise ValueError
        return array.astype(dtype)
    except (ValueError, TypeError, KeyError):
        raise Refused(
            "INVALID_ARGUMENT", f"JSON Value: {str(values)[:40]} not of expected type: {dtype.name}"
        ) from None


def _to_json(array):
    if array.dtype.hasobject:
        return [{"b64": base64.b64encode(one).decode()} for one in array]
    return array.tolist()


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # by default 5, and a client whose connection is the sixth waits for a second
    daemon_threads = True


@contextlib.contextmanager
def serving(folder, threads=16):
    """Answers, until the block ends, for what `ganzoo serve-config` wrote. Gives the addresses of (gRPC, REST)."""
    models = Models(read(folder / "models.config"), largest(folder / "batching.config"))
    options = [("grpc.max_receive_message_length", BYTES), ("grpc.max_send_message_length", BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(threads), options=options)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Grpc(models), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with _Server(("127.0.0.1", 0), type("Handler", (Rest,), {"models": models})) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{port}", f"127.0.0.1:{web.server_port}"
        finally:
            web.shutdown()
            server.stop(None).wait()


def read(path):
    """The `ModelServerConfig` in a models.config."""
    return text_format.Parse(pathlib.Path(path).read_text(), model_server_config_pb2.ModelServerConfig())


def largest(path):
    """The rows that a request may have, by a batching.config."""
    return int(re.search(r"^max_batch_size { value: (\d+) }$", path.read_text(), re.MULTILINE)[1])


def main(folder):
    with serving(pathlib.Path(folder)) as addresses:
        print(*addresses, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
