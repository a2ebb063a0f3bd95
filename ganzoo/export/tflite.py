"""A model as a file for TensorFlow Lite, in one of four precisions."""

import pathlib
import tempfile
import warnings

from ganzoo.export import calibration, parity
from ganzoo.export.functions import Functions
from ganzoo.export.saved_model import save
from ganzoo.export.signatures import check_types, signatures
from ganzoo.files import replacing
from ganzoo.messages import extras_named, refused_as

BOUNDS = {
    "float32": parity.FLOAT32,
    "float16": parity.Bound(image=5e-3, psnr=60, lost=0.01),
    "dynamic": parity.Bound(image=3e-2, psnr=40, lost=0.25),
    "int8": parity.Bound(image=0, psnr=30, lost=0.5),
}


def tflite(model, path, precision="float32", representative=None, about=None, samples=None):
    """Writes the model's main functions as one `.tflite` file, each a signature of its own.

    All of `ganzoo.export.signatures` but those that draw noise or read and write PNG. The file is run by the LiteRT
    interpreter and compared with the model before it has its name; the result is beside it, `<path>.json`, with the
    ranges of inputs and outputs. A function beside the main one that the precision does not hold, such as the
    discriminator of a GAN in 8 bits, is left out with a warning.

    Args:
        model: a model of the zoo; its averaged weights are written where it has any.
        path: a file whose name ends with .tflite; what is there is replaced.
        precision: "float32", "float16", "dynamic" (8-bit weights) or "int8" (8-bit weights and activations).
        representative: for int8, {signature: {input: array}} that the ranges of activations are taken from. By default
            64 rows: latent vectors from the prior, images or vectors of `samples`.
        about: as for `saved_model`.
        samples: for int8, the `ganzoo.data.Samples` that the model is trained on; the file is then compared with the
            model on others of them. Without, images and vectors are the model's own, or random where it makes none.

    Returns:
        The content of the .json file.

    Raises:
        ValueError: another precision or suffix, a model that the converter refuses or that computes in bfloat16 or
            float16, outputs of the main function off by more than the precision is allowed; then nothing is left of it.
        ImportError: the package ai-edge-litert is not installed.
    """
    path, what = _checked(path, precision), f"The {precision} file of this {type(model).__name__}"
    check_types(model, ("bfloat16", "float16"), what)
    found = {name: one for name, one in signatures(model).items() if one.plain}
    samples = samples if precision == "int8" else None
    given = calibration.of_data(found, samples, calibration.ROWS) | (representative or {})
    known, bound = calibration.of_data(found, samples, parity.ROWS), BOUNDS[precision].of(model)
    with replacing(path) as temporary, replacing(path.with_name(f"{path.name}.json")) as record:
        run, outputs = _written(temporary, model, found, precision, given, known, what)
        held = _held(found, outputs, bound, what)
        if len(held) < len(found):
            found = held
            run, outputs = _written(temporary, model, found, precision, given, known, what)
        parity.refuse(outputs, bound, what)
        times = parity.latency("serving_default", found["serving_default"], run, model)
        about = (about or {}) | {"format": "tflite", "precision": precision, "signatures": _described(found, model)}
        return parity.write(record, outputs, temporary.stat().st_size, times, **parity.source(model, found) | about)


def _written(path, model, found, precision, representative, known, what):
    """Writes the file of some signatures: (its `Functions`, their `Parity`)."""
    path.write_bytes(_converted(model, found, precision, representative, what))
    with refused_as(f"{what} cannot be loaded"):
        run = load(path)
    return run, parity.compare(found, run, model, known)


def _held(found, outputs, bound, what):
    """The signatures that the precision holds; ValueError where the main one is not among them."""
    main = found["serving_default"].run
    parity.refuse([one for one in outputs if found[one.signature].run is main], bound, what)
    wrong = {one.signature: one for one in outputs if not bound.holds(one)}
    for name, one in wrong.items():
        said = f"{what} is without {name!r}: {parity.off(one, bound)}; choose a finer precision for it."
        warnings.warn(said, stacklevel=3)
    return {name: signature for name, signature in found.items() if name not in wrong}


def _checked(path, precision):
    path = pathlib.Path(path)
    if precision not in BOUNDS:
        raise ValueError(f"precision must be one of {', '.join(BOUNDS)}; got {precision!r}.")
    if path.suffix != ".tflite":
        raise ValueError(f"A TensorFlow Lite file has the suffix .tflite; got {path.name!r}.")
    return path


def load(path):
    """The `Functions` of a `.tflite` file."""
    with extras_named():
        from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=2)
    runners = {name: interpreter.get_signature_runner(name) for name in interpreter.get_signature_list()}
    shapes = {
        name: {key: tuple(about["shape"][1:].tolist()) for key, about in runner.get_input_details().items()}
        for name, runner in runners.items()
    }
    return Functions(lambda name, arrays: runners[name](**arrays), shapes)


def _converted(model, found, precision, representative, what):
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter")  # which the converter itself uses
        save(found, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(found))
        if precision != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if precision in (
            "dynamic",
            "int8",
        ):  # a scale for each of thousands of outputs would make the file a tenth larger
            converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        if precision == "int8":
            converter.representative_dataset = lambda: calibration.rows(model, found, representative)
        with refused_as(f"{what} cannot be made by TensorFlow Lite"):
            return converter.convert()


def _described(found, model):
    """What goes in, of which shape and range."""
    ranges = {"image": "[-1, 1]", "labels": f"0 to {getattr(model, 'num_classes', 1) - 1}", "latent": "the prior"}
    return {
        name: {
            key: {"shape": list(spec.shape), "dtype": spec.dtype.name, "range": ranges.get(key)}
            for key, spec in signature.inputs.items()
        }
        for name, signature in found.items()
    }
