"""Times of two functions that run in turn, so that a machine whose speed drifts slows both."""

import statistics
import time


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def interleaved(functions, runs):
    """Seconds of each function, one list a function; the order turns about from run to run. Nothing is warmed up."""
    times = [[] for _ in functions]
    for run in range(runs):
        for index in range(len(functions))[:: 1 if run % 2 else -1]:
            times[index].append(timed(functions[index]))
    return times


def ratio(ours, theirs):
    """Their time over ours, run by run, as "median (smallest to largest)"."""
    ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def table(head, rows):
    """Prints a Markdown table, each row as soon as it is there."""
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head), flush=True)
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
