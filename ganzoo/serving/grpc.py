"""The gRPC API of TensorFlow Serving, by the messages of the package tensorflow-serving-api, which needs TensorFlow."""

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc

from ganzoo.serving.errors import ServingError, retrying

BYTES = 2**28  # of a message; by default gRPC receives no more than 4 MB
OPTIONS = [
    ("grpc.max_receive_message_length", BYTES),
    ("grpc.max_send_message_length", BYTES),
    ("grpc.initial_reconnect_backoff_ms", 100),  # `retrying` makes the pauses
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 100),
]


class Grpc:
    """A model's address over gRPC; arguments as for `Client`."""

    def __init__(self, address, model, version, label, timeout, retries):
        self._channel = grpc.insecure_channel(address, OPTIONS)
        self._service = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._spec = {"name": model}
        self._spec |= {} if version is None else {"version": {"value": version}}
        self._spec |= {} if label is None else {"version_label": label}
        self._timeout, self._retries = timeout, retries

    def metadata(self):
        """As of `Rest`."""
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=self._spec, metadata_field=["signature_def"]
        )
        answer = self._ask(self._service.GetModelMetadata, request)
        found = get_model_metadata_pb2.SignatureDefMap()
        answer.metadata["signature_def"].Unpack(found)
        named = {
            name: (_specs(one.inputs), _specs(one.outputs))
            for name, one in found.signature_def.items()
            if not name.startswith("__")  # which TensorFlow adds
        }
        return answer.model_spec.version.value, named

    def predict(self, signature, arrays, gives):
        inputs = {name: tf.make_tensor_proto(array) for name, array in arrays.items()}
        request = predict_pb2.PredictRequest(model_spec=self._spec | {"signature_name": signature}, inputs=inputs)
        outputs = self._ask(self._service.Predict, request).outputs
        return {name: tf.make_ndarray(outputs[name]) for name in gives}

    def close(self):
        self._channel.close()

    def _ask(self, method, request):
        def once(left):
            try:
                return method(request, timeout=left)
            except grpc.RpcError as error:
                raise ServingError(error.code().name, error.details()) from None

        return retrying(once, self._timeout, self._retries)


def _specs(tensors):
    return {
        name: (np.dtype(tf.as_dtype(one.dtype).as_numpy_dtype), tuple(axis.size for axis in one.tensor_shape.dim))
        for name, one in tensors.items()
    }
