"""A model as an ONNX file."""

import pathlib

import tensorflow as tf

from ganzoo.export import parity
from ganzoo.export.functions import Functions
from ganzoo.export.signatures import check_types, signatures
from ganzoo.files import replacing
from ganzoo.messages import extras_named, refused_as

OPSET = 18


def onnx(model, path, signature="serving_default", about=None):
    """Writes one of the model's functions as an ONNX file: such a file holds no more than one.

    Inputs and outputs have the names of `ganzoo.export.signatures`; an output with the name of an input, which ONNX
    does not have, is called `output_image` or the like. The file is run by onnxruntime and compared with the model
    before it has its name; the result is beside it, `<path>.json`.

    Args:
        model: a model of the zoo; its averaged weights are written where it has any.
        path: a file whose name ends with .onnx; what is there is replaced.
        signature: the function's name; those that draw noise or read and write PNG have no ONNX operations.
        about: as for `saved_model`.

    Returns:
        The content of the .json file.

    Raises:
        ValueError: another suffix or name, a model that the converter refuses or that computes in bfloat16, outputs
            that are not the model's; then nothing is left of it.
        ImportError: the packages tf2onnx and onnxruntime are not installed.
    """
    path = pathlib.Path(path)
    if path.suffix != ".onnx":
        raise ValueError(f"An ONNX file has the suffix .onnx; got {path.name!r}.")
    what = f"An ONNX file of this {type(model).__name__}"
    check_types(model, ("bfloat16",), what)
    found = {name: one for name, one in signatures(model).items() if one.plain}
    if signature not in found:
        raise ValueError(f"signature must be one of {', '.join(found)}; got {signature!r}.")
    source = parity.source(model, found)
    if signature != "serving_default":
        source["main"] = signature
    one = found[signature]
    with replacing(path) as temporary, replacing(path.with_name(f"{path.name}.json")) as record:
        temporary.write_bytes(_converted(one, what))
        with refused_as(f"{what} cannot be loaded"):
            run = load(temporary)
        outputs = parity.compare({signature: one}, run, model)
        parity.refuse(outputs, parity.FLOAT32.of(model), what)
        times, size = parity.latency(signature, one, run, model), temporary.stat().st_size
        about = source | (about or {}) | {"format": "onnx", "signature": signature}
        return parity.write(record, outputs, size, times, **about)


def _converted(signature, what):
    with extras_named():
        import tf2onnx

    specs = list(signature.inputs.values())
    function = tf.function(_positional(signature), input_signature=specs, autograph=False)
    with refused_as(f"{what} cannot be made by tf2onnx"):
        proto, _ = tf2onnx.convert.from_function(function, input_signature=specs, opset=OPSET)
    return proto.SerializeToString()


def load(path):
    """The `Functions` of an `.onnx` file, which has but one, whatever it is called by."""
    with extras_named():
        import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name.removeprefix("output_") for output in session.get_outputs()]
    shapes = {one.name: tuple(one.shape[1:]) for one in session.get_inputs()}
    return Functions(
        lambda name, arrays: dict(zip(names, session.run(None, arrays), strict=True)), {"serving_default": shapes}
    )


def _positional(signature):
    def run(*inputs):
        outputs = signature.run(**dict(zip(signature.inputs, inputs, strict=True)))
        return {f"output_{name}" if name in signature.inputs else name: value for name, value in outputs.items()}

    return run
