"""The real tensorflow_model_server, on the machines that have one."""

import contextlib
import shutil
import socket
import subprocess
import time

import numpy as np
import pytest

from ganzoo.serving import Client, ServingError, config

PROGRAM = shutil.which("tensorflow_model_server")
pytestmark = [
    pytest.mark.tfserving,
    pytest.mark.skipif(PROGRAM is None, reason="there is no tensorflow_model_server on the PATH"),
]
SECONDS = 120  # that it may take to load the models


@pytest.fixture(scope="module")
def real(deployed):
    """{protocol: address}"""
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(2)]
    flags = config._flags(deployed[0] / "serving")
    command = [PROGRAM, f"--port={ports[0]}", f"--rest_api_port={ports[1]}", *flags]
    with subprocess.Popen(command) as started:
        try:
            _wait(f"127.0.0.1:{ports[1]}", started)
            yield {"grpc": f"127.0.0.1:{ports[0]}", "rest": f"127.0.0.1:{ports[1]}"}
        finally:
            started.terminate()


def _wait(address, started):
    end = time.monotonic() + SECONDS
    for model in ("digits", "zebras"):
        while True:
            try:
                assert Client(address, model).version
                break
            except ServingError:
                assert started.poll() is None
                assert time.monotonic() < end
                time.sleep(0.5)


@pytest.mark.parametrize(("label", "number"), [("stable", 1), ("canary", 2)])
def test_images_are_those_of_the_model(real, deployed, protocol, label, number):
    client = Client(real[protocol], "digits", protocol=protocol, label=label)
    assert client.version == number
    expected = deployed[1]["digits"][number - 1].generate(seeds=[3, 2**40], labels=[0, 2])
    np.testing.assert_allclose(client.generate([3, 2**40], [0, 2]), expected, atol=1e-5)
    assert client.generate_png([3], [0])[0].startswith(b"\x89PNG")


def test_what_it_refuses_and_that_it_goes_on(real, protocol):
    client = Client(real[protocol], "digits", protocol=protocol)
    for signature, inputs, said in (
        ("decode", {"latent": np.zeros((2, 3)), "labels": [0, 1]}, "not compatible with expected shape"),
        ("decode", {"latent": np.zeros((2, 4)), "labels": [0]}, "0th-dimension"),
        ("generate", {"seed": [1], "labels": [3]}, "labels must be 0 to 2"),
    ):
        with pytest.raises(ServingError, match=said) as raised:
            client.predict(signature, **inputs)
        assert raised.value.code == "INVALID_ARGUMENT"
    assert client.generate([1], [0]).shape == (1, 8, 8, 1)
