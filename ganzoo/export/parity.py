"""Whether an exported file gives what the model gives, how long it takes, and how large it is."""

import dataclasses
import json
import time

import numpy as np

from ganzoo.export.signatures import example

ROWS = 8  # on which outputs are compared
BATCHES = (1, 64)  # whose time is taken
REPEATS = 10


@dataclasses.dataclass(frozen=True)
class Parity:
    """How far one output of one signature is off.

    Args:
        error: the largest |ours - theirs|; of what has no range, over max(1, |ours|).
        psnr: of images, in decibels, for a range of 2; None of the rest, and where nothing is off.
    """

    signature: str
    output: str
    error: float
    psnr: float | None


@dataclasses.dataclass(frozen=True)
class Bound:
    """What a format may be off.

    Args:
        image: the largest error of images; more is allowed where the PSNR is at least `psnr`, since at the edge of a
            stroke the last layer's tanh makes much of the smallest rounding.
        code: of codes, which a flow's round-off grows in from layer to layer.
        other: of logits, probabilities and log-densities.
    """

    image: float
    psnr: float
    code: float
    other: float

    def holds(self, one):
        """Whether a `Parity` is within."""
        if one.output == "image":
            return one.error <= self.image or (one.psnr or 0) >= self.psnr
        return one.error <= (self.code if one.output in ("code", "sample") else self.other)

    def said(self, one):
        """The bound of a `Parity` in words."""
        if one.output == "image":
            return f"{self.image:g}, or a PSNR of {self.psnr:g} dB"
        return f"{self.code if one.output in ('code', 'sample') else self.other:g}"


FLOAT32 = Bound(image=1e-5, psnr=120, code=1e-3, other=1e-5)


def compare(signatures, run, model):
    """The `Parity` of every output, on random inputs.

    Args:
        signatures: {name: `Signature`} of what was written.
        run: function (name, arrays by name) -> {output: array}, of the written file.
        model: what it was made of.
    """
    found = []
    for name, signature in signatures.items():
        given = example(signature, model, ROWS)
        theirs, ours = run(name, given), signature.reference(**given)
        for output in theirs:
            if output in ours and output != "image_bytes":
                found.append(_parity(name, output, np.asarray(ours[output]), np.asarray(theirs[output])))
    return found


def _parity(name, output, ours, theirs):
    if ours.shape != theirs.shape or not np.isfinite(theirs.astype("float64")).all():
        return Parity(name, output, float("inf"), None)
    if output == "image_uint8":  # one grey level is what rounding may turn
        return Parity(name, output, float(np.abs(ours.astype(int) - theirs).max()) / 127.5, None)
    apart = np.abs(ours.astype("float64") - theirs)
    if output != "image":
        return Parity(name, output, float((apart / np.maximum(1, np.abs(ours))).max()), None)
    mean = (apart**2).mean()
    return Parity(name, output, float(apart.max()), float(10 * np.log10(4 / mean)) if mean else None)


def refuse(found, bound, what):
    """ValueError where something is further off than the bound."""
    wrong = [one for one in found if one.output != "image_uint8" and not bound.holds(one)]
    if wrong:
        worst = max(wrong, key=lambda one: one.error)
        by = f"{worst.error:.2g}" + (f", a PSNR of {worst.psnr:.1f} dB" if worst.psnr is not None else "")
        raise ValueError(
            f"{what} is not written: {worst.output!r} of {worst.signature!r} is off by {by}, and the format is allowed "
            f"{bound.said(worst)}; choose a finer precision."
        )


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
