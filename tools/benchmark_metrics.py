"""What the scores cost, at the sizes that the field uses.

    python tools/benchmark_metrics.py                  10,000 x 2,048 features
    python tools/benchmark_metrics.py --pairs 1 --n 2000 --width 512

Prints a Markdown table: the Frechet distance against the same by `scipy.linalg.sqrtm`, in turn, median and range
of the ratios; the peak of the memory of a process that computes precision, recall, density and coverage; and that of
one which draws 5,000 samples of dcgan_mnist and their features, and of one which draws 50,000.
"""

import argparse
import multiprocessing
import resource
import statistics
import time

import numpy as np
import scipy.linalg

import ganzoo
from ganzoo.evaluation import sampled
from ganzoo.metrics import frechet, precision_recall_density_coverage


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--pairs", type=int, default=3)
    arguments = parser.parse_args()
    a, b = (features(arguments.n, arguments.width, seed) for seed in (0, 1))
    first, second = (frechet.Moments.of(x).covariance for x in (a, b))
    print("| what | ours | by sqrtm | ratio: median (range) |\n| --- | --- | --- | --- |")
    cases = {
        "the root": (lambda: frechet.trace_of_root(first, second), lambda: scipy.linalg.sqrtm(first @ second)),
        "the whole distance": (lambda: frechet.frechet_distance(a, b), lambda: by_sqrtm(a, b)),
    }
    for name, (ours, theirs) in cases.items():
        times = [(seconds(ours), seconds(theirs)) for _ in range(arguments.pairs)]
        ratios = [there / here for here, there in times]
        here, there = (statistics.median(column) for column in zip(*times, strict=True))
        spread = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        print(f"| Frechet distance: {name} | {here:.2f} s | {there:.2f} s | {spread} |", flush=True)
    took, peak = alone(manifold, arguments.n, arguments.width)
    print(f"\nPrecision, recall, density, coverage: {took:.1f} s, {peak:.2f} GB at the most, features included.")
    for n in (5_000, 50_000):
        took, peak = alone(sampling, n)
        print(f"{n:,} samples and their features: {took:.1f} s, {peak:.2f} GB at the most.", flush=True)


def alone(function, *arguments):
    """(seconds, peak of the memory in GB) of the function in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (function, *arguments))


def measured(function, *arguments):
    took = seconds(lambda: function(*arguments))
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def features(n, width, seed):
    """Rows whose covariance has the falling spectrum of a network's features, float32."""
    random = np.random.default_rng(seed)
    spectrum = np.exp(-np.arange(width) / (width / 8))
    return (random.normal(size=(n, width)) * spectrum + 0.1 * seed).astype("float32")


def by_sqrtm(a, b):
    """As the reference implementation computes it."""
    first, second = (np.cov(x.astype("float64"), rowvar=False) for x in (a, b))
    root = scipy.linalg.sqrtm(first @ second).real
    return ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + np.trace(first + second - 2 * root)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def manifold(n, width):
    precision_recall_density_coverage(features(n, width, 0), features(n, width, 1))


def sampling(n):
    gan, classifier = ganzoo.from_preset("dcgan_mnist"), ganzoo.from_preset("classifier_mnist")
    sampled.of_model(lambda seeds: gan.generate(seeds=seeds), classifier.features, n, 0, lambda batches, *_: batches)


if __name__ == "__main__":
    main()
