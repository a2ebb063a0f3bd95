"""Thousands of good and bad requests at once: no wrong answer, no crash, no growth in memory."""

import collections
import contextlib
import io
import pathlib
import subprocess
import sys
from concurrent import futures

import numpy as np
import psutil
import pytest
from PIL import Image

from ganzoo.serving import Client, ServingError

CONNECTIONS = 16
WARM_UP = 300  # requests, after which the server has all that it needs
SEEDS = 24
STAND_IN = pathlib.Path(__file__).with_name("stand_in.py")


@contextlib.contextmanager
def process(folder):
    """The stand-in as a process of its own: (psutil's view of it, {protocol: address})."""
    command = [sys.executable, STAND_IN, folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        try:
            grpc, rest = started.stdout.readline().split()
            yield psutil.Process(started.pid), {"grpc": grpc, "rest": rest}
        finally:
            started.terminate()


def generated(client, expected, number):
    """Whether a good request of several rows has the right answer."""
    rows = np.arange(number, number + 1 + number % 4) % SEEDS
    made = client.generate(rows, rows % 3)
    return np.abs(made - expected[rows]).max() <= 1e-5


def as_files(client, expected, number):
    row = number % SEEDS
    (file,) = client.generate_png([row], [row % 3])
    levels = np.asarray(Image.open(io.BytesIO(file)))
    return np.abs(levels - (expected[row, ..., 0] + 1) * 127.5).max() < 0.51


def refused(**inputs):
    """Whether a bad request has the answer that it should have."""

    def ask(client, expected, number):
        try:
            client.predict(**inputs)
        except ServingError as error:
            return error.code == "INVALID_ARGUMENT"
        return False

    return ask


REQUESTS = [
    generated,
    as_files,
    generated,
    refused(signature="decode", latent=np.zeros((2, 3)), labels=[0, 1]),
    refused(signature="decode", latent=np.zeros((2, 4)), labels=[0, 1, 2]),
    refused(signature="generate", seed=[1], labels=[3]),
]


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mixed_requests(deployed, count):
    rows = np.arange(SEEDS)
    expected = deployed[1]["digits"][1].generate(seeds=rows, labels=rows % 3)
    with process(deployed[0] / "serving") as (server, addresses):
        clients = [
            Client(addresses[protocol], "digits", protocol=protocol, timeout=60)
            for protocol in ("rest", "grpc") * (CONNECTIONS // 2)
        ]

        def work(connection, end):
            return collections.Counter(
                REQUESTS[number // CONNECTIONS % len(REQUESTS)](clients[connection], expected, number)
                for number in range(connection, end, CONNECTIONS)
            )

        def answers(end):
            with futures.ThreadPoolExecutor(CONNECTIONS) as threads:
                return sum(threads.map(work, range(CONNECTIONS), [end] * CONNECTIONS), collections.Counter())

        assert answers(WARM_UP) == {True: WARM_UP}
        before = server.memory_info().rss
        assert answers(count) == {True: count}
        after = server.memory_info().rss
        assert server.is_running()
        assert clients[0].version == 2
    assert after < 1.05 * before
