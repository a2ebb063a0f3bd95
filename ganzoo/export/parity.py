"""Whether an exported file gives what the model gives, how long it takes, and how large it is."""

import dataclasses
import json
import time

import numpy as np

from ganzoo.bits import GREY_LEVEL
from ganzoo.core import FlowModel
from ganzoo.export import tensors
from ganzoo.export.signatures import example
from ganzoo.messages import refused_as

ROWS = 8  # on which outputs are compared
BATCHES = (1, 64)  # whose time is taken
REPEATS = 10


@dataclasses.dataclass(frozen=True)
class Parity:
    """How far one output of one signature is off.

    Args:
        error: the largest |ours - theirs|; of what has no range, over the largest |ours|, at least 1.
        psnr: of images and grey levels, in decibels, for a range of 2; None of the rest, and where nothing is off.
        lost: of what has no range, the share of the signal that is lost, sum (ours - theirs)^2 / sum ours^2: 1 of
            zeros, 4 of negated outputs; None of images, and where ours is zero.
    """

    signature: str
    output: str
    error: float
    psnr: float | None
    lost: float | None = None


@dataclasses.dataclass(frozen=True)
class Bound:
    """What a format may be off.

    Args:
        image: the largest error of images; more is allowed where the PSNR is at least `psnr`, since at the edge of a
            stroke the last layer's tanh makes much of the smallest rounding.
        code: of codes, and of samples that are vectors, the largest error.
        other: of logits, probabilities and log-densities.
        flow: of a flow's codes, vectors and log-densities, since its round-off grows from layer to layer.
        lost: of all these, the share of the signal; where no more is lost, the error may be larger. The step of 8 bits
            is a part of the signal's range, whatever that is: an error alone would let zeros stand for small logits.

    Grey levels may be off by one more, and their PSNR by the noise that rounding is. What is not finite is refused.
    """

    image: float
    psnr: float
    code: float = 0
    flow: float = 0
    other: float = 0
    lost: float = 0

    def of(self, model):
        """The bound of a model's files."""
        return dataclasses.replace(self, code=self.flow, other=self.flow) if isinstance(model, FlowModel) else self

    def holds(self, one):
        """Whether a `Parity` is within."""
        largest, psnr = self._limits(one.output)
        near = one.error <= largest or (one.psnr or 0) >= psnr or (one.lost is not None and one.lost <= self.lost)
        return bool(np.isfinite(one.error)) and near

    def said(self, one):
        """The bound of a `Parity` in words."""
        largest, psnr = self._limits(one.output)
        ranged = bool(np.isfinite(psnr))
        allowed = [f"{largest:.2g}"] * bool(largest) + [f"a PSNR of {psnr:.3g} dB"] * ranged
        allowed += [f"a loss of {self.lost:.2g} of the signal"] * (bool(self.lost) and not ranged)
        return ", or ".join(allowed)

    def _limits(self, output):
        """(the largest error, the PSNR with which more is allowed) of an output."""
        if output == "image":
            return self.image, self.psnr
        if output in GREY:
            roundings = GREY_LEVEL / np.sqrt(6)  # two, each GREY_LEVEL / sqrt(12)
            noise = 2 * 10 ** (-self.psnr / 20) + roundings
            return self.image + 1.01 * GREY_LEVEL, float(20 * np.log10(2 / noise))
        return (self.code if output in ("code", "sample") else self.other), np.inf


GREY = ("image_uint8", "image_bytes")
FLOAT32 = Bound(image=1e-5, psnr=120, code=1e-5, flow=1e-3, other=1e-5)


def compare(signatures, run, model, known=None):
    """The `Parity` of every output, on random inputs where no others are known.

    Args:
        signatures: {name: `Signature`} of what was written.
        run: function (name, arrays by name) -> {output: array}, of the written file.
        model: what it was made of.
        known: {signature: {input: array of ROWS rows}}
    """
    found, known = [], known or {}
    for name, signature in signatures.items():
        given = example(signature, model, ROWS) | known.get(name, {})
        with refused_as(f"{name!r} of the written file cannot be run"):
            theirs = run(name, given)
        ours = signature.reference(**given)
        found += [_parity(name, key, np.asarray(ours[key]), np.asarray(theirs[key])) for key in theirs if key in ours]
    return found


def _parity(name, output, ours, theirs):
    if output == "image_bytes":
        with refused_as(f"{output!r} of {name!r} of the written file are no files of images"):
            ours, theirs = tensors.decoded(ours), tensors.decoded(theirs)
    if ours.shape != theirs.shape or not np.isfinite(theirs.astype("float64")).all():
        return Parity(name, output, float("inf"), None)
    apart = np.abs(ours.astype("float64") - theirs) * (GREY_LEVEL if output in GREY else 1)
    if output not in ("image", *GREY):
        power = (ours.astype("float64") ** 2).sum()
        lost = float((apart**2).sum() / power) if power else None
        return Parity(name, output, float(apart.max() / max(1, np.abs(ours).max())), None, lost)
    mean = (apart**2).mean()
    return Parity(name, output, float(apart.max()), float(10 * np.log10(4 / mean)) if mean else None)


def refuse(found, bound, what):
    """ValueError where something is further off than the bound."""
    wrong = [one for one in found if not bound.holds(one)]
    if wrong:
        worst = max(wrong, key=lambda one: (one.output not in GREY, one.error))
        raise ValueError(f"{what} is not written: {off(worst, bound)}; choose a finer precision.")


def off(one, bound):
    """By how much a `Parity` is off, and what it may be, in words."""
    by = f"{one.error:.2g}" + (f", a PSNR of {one.psnr:.1f} dB" if one.psnr is not None else "")
    by += f", a loss of {one.lost:.2g} of the signal" if one.lost is not None and bound.lost else ""
    return f"{one.output!r} of {one.signature!r} is off by {by}, and the format is allowed {bound.said(one)}"


def largest_error(outputs):
    """Of the records of outputs, but for grey levels, where rounding may turn one."""
    return max(one["error"] for one in outputs if one["output"] not in GREY)


def latency(name, signature, run, model):
    """{batch: median milliseconds} of one signature."""
    found = {}
    for rows in BATCHES:
        given, times = example(signature, model, rows), []
        run(name, given)
        for _ in range(REPEATS):
            start = time.perf_counter()
            run(name, given)
            times.append(1000 * (time.perf_counter() - start))
        found[rows] = float(np.median(times))
    return found


def source(model, signatures):
    """What the record says of the model: its class, whether the weights are averages, the main function, the classes.

    Args:
        signatures: {name: `Signature`} of the model, all that the format can hold.
    """
    main = signatures["serving_default"]
    named = next(name for name, one in signatures.items() if one.run is main.run and name != "serving_default")
    classes = {"num_classes": model.num_classes} if hasattr(model, "num_classes") else {}
    return {"model": type(model).__name__, "averaged": bool(getattr(model, "averages", None)), "main": named} | classes


def write(path, found, size, times, **about):
    """parity.json: the errors, the size in bytes, and the latencies in milliseconds."""
    content = about | {
        "bytes": size,
        "latency_ms": {str(rows): round(value, 3) for rows, value in times.items()},
        "outputs": [dataclasses.asdict(one) for one in found],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    return content
