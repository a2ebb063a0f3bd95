"""What is said to the user, and what is not."""

import contextlib
import difflib
import os
import sys
import warnings


def did_you_mean(name, known):
    """How a sentence about an unknown name ends: '; did you mean ...?' where a known one is near, else a full stop."""
    matches = difflib.get_close_matches(str(name), [str(candidate) for candidate in known], n=1)
    return f"; did you mean {matches[0]!r}?" if matches else "."


def unknown_key(source, path, known):
    """The sentence about a key of a config that nothing takes."""
    known = list(known)
    return (
        f"{source}: {'.'.join(map(str, path))} is not a known key; known here: {', '.join(known) or 'none'}"
        f"{did_you_mean(path[-1], known)}"
    )


_STACK = ('File "', "<stack traces unavailable>")


@contextlib.contextmanager
def refused_as(sentence):
    """Whatever another library raises here as a ValueError, the sentence with the library's reason in brackets.

    An ImportError stays one: it has a sentence of its own, see `extras_named`. The reason is the first line that says
    more than that something follows; TensorFlow's comes after a stack of the lines that made the graph.
    """
    try:
        yield
    except ImportError:
        raise
    except Exception as error:  # each library raises its own, down to plain `Exception`
        lines = [line.strip() for line in str(error).strip().split("\n")]
        said = [line for line in lines if line and not line.endswith(":") and not line.startswith(_STACK)]
        reason = (said or lines)[0].rstrip(".")
        raise ValueError(f"{sentence} ({reason or type(error).__name__}).") from error


_EXTRAS = {
    "jax": ("jax", "KERAS_BACKEND=jax"),
    "ai_edge_litert": ("litert", "Checking a .tflite file"),
    "tf2onnx": ("onnx", "Writing an .onnx file"),
    "onnxruntime": ("onnx", "Checking an .onnx file"),
    "requests": ("serving", "ganzoo.serving"),
    "grpc": ("serving", "gRPC"),
    "huggingface_hub": ("hf", "hf://"),
    "tensorflow_serving": ("serving", "This"),
}


@contextlib.contextmanager
def extras_named():
    """Where an import fails because the package of an extra is absent, says which extra installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        extra, what = _EXTRAS[error.name]
        message = f"{what} needs the package {error.name}, which is not installed: pip install 'ganzoo[{extra}]'."
        raise ImportError(message, name=error.name) from None


@contextlib.contextmanager
def warnings_in_a_line():
    """Says every warning once, in a line on standard error, when all is done."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield
    for message in dict.fromkeys(str(warning.message) for warning in said if warning.category is UserWarning):
        print(f"ganzoo: {message}", file=sys.stderr)


@contextlib.contextmanager
def quiet():
    """Keeps from the user's terminal what TensorFlow and its converters write to standard error."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
