"""The gRPC API of TensorFlow Serving. Its messages are those of the package tensorflow-serving-api, which needs
TensorFlow: it is imported here, not before."""

import json

import numpy as np

from ganzoo.messages import extras_named
from ganzoo.serving.errors import ServingError

with extras_named():
    import grpc
    from tensorflow_serving.apis import (
        get_model_metadata_pb2,
        get_model_status_pb2,
        model_service_pb2_grpc,
        predict_pb2,
    )
    from tensorflow_serving.apis import prediction_service_pb2_grpc as service

MEGABYTES = 256  # of a message


class Grpc:
    """A model's address over gRPC; arguments as for `Client`."""

    def __init__(self, address, model, version, label, timeout, retries):
        policy = {
            "maxAttempts": min(5, retries + 1),  # more, gRPC does not make
            "initialBackoff": "0.1s",
            "maxBackoff": "2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
        names = [{"service": "tensorflow.serving.PredictionService"}, {"service": "tensorflow.serving.ModelService"}]
        config = {"methodConfig": [{"name": names} | ({"retryPolicy": policy} if retries else {})]}
        size = MEGABYTES * 2**20
        options = [("grpc.service_config", json.dumps(config)), ("grpc.max_receive_message_length", size)]
        channel = grpc.insecure_channel(address, [*options, ("grpc.max_send_message_length", size)])
        self._prediction = service.PredictionServiceStub(channel)
        self._models = model_service_pb2_grpc.ModelServiceStub(channel)
        self._spec = {"name": model}
        self._spec |= {} if version is None else {"version": {"value": version}}
        self._spec |= {} if label is None else {"version_label": label}
        self._timeout = timeout

    def signatures(self):
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=self._spec, metadata_field=["signature_def"]
        )
        packed = self._ask(self._prediction.GetModelMetadata, request).metadata["signature_def"]
        found = get_model_metadata_pb2.SignatureDefMap()
        packed.Unpack(found)
        return {
            name: (_specs(one.inputs), _specs(one.outputs))
            for name, one in found.signature_def.items()
            if not name.startswith("__")
        }

    def predict(self, signature, arrays, gives):
        import tensorflow as tf

        inputs = {
            name: tf.make_tensor_proto(array.tolist(), tf.string)
            if array.dtype == object
            else tf.make_tensor_proto(array)
            for name, array in arrays.items()
        }
        request = predict_pb2.PredictRequest(model_spec=self._spec | {"signature_name": signature}, inputs=inputs)
        outputs = self._ask(self._prediction.Predict, request).outputs
        return {name: tf.make_ndarray(outputs[name]) for name in gives}

    def version(self):
        request = get_model_status_pb2.GetModelStatusRequest(model_spec=self._spec)
        states = self._ask(self._models.GetModelStatus, request).model_version_status
        available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
        ready = [one.version for one in states if one.state == available]
        if not ready:
            raise ServingError("UNAVAILABLE", f"no version of {self._spec['name']} is ready")
        return max(ready)

    def _ask(self, method, request):
        try:
            return method(request, timeout=self._timeout)
        except grpc.RpcError as error:
            raise ServingError(error.code().name, error.details()) from None


def _specs(tensors):
    import tensorflow as tf

    return {
        name: (np.dtype(tf.as_dtype(one.dtype).as_numpy_dtype), tuple(axis.size for axis in one.tensor_shape.dim))
        for name, one in tensors.items()
    }
