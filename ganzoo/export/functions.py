"""The functions of an exported file, whatever its format."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Functions:
    """A function (signature, arrays by name) -> {output: array}, which knows its signatures.

    Args:
        run: that function.
        shapes: {signature: {input: shape of one row}}; of an ONNX file, which has one function without a name, that is
            called "serving_default".
    """

    run: Callable
    shapes: dict

    def __call__(self, name, arrays):
        return self.run(name, arrays)
