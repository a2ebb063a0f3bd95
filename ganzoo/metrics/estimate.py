"""A number and how sure it is."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Estimate:
    """`value`, and its `standard_error`, None where it is not known."""

    value: float
    standard_error: float | None = None

    @classmethod
    def of(cls, values):
        """The mean of independent values, with s / sqrt(n); ValueError where there are none."""
        values = np.asarray(values, "float64").ravel()
        if not len(values):
            raise ValueError("values must hold at least one number; got none.")
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
        return cls(float(values.mean()), None if error is None else float(error))

    def __float__(self):
        return self.value

    def __str__(self):
        return f"{self.value:.4g}" if self.standard_error is None else f"{self.value:.4g} ± {self.standard_error:.2g}"
