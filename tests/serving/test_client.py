"""The client against the stand-in, over REST and gRPC: what it gives, what it refuses, and that the server goes on."""

import http.server
import io
import itertools
import os
import socket
import subprocess
import sys
import threading
import time
import types

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.serving import Client, ServingError, errors

LATENT = np.zeros((2, 4), "float32")


@pytest.fixture
def digits(addresses, protocol):
    with Client(addresses[protocol], "digits", protocol=protocol) as client:
        yield client


@pytest.fixture
def zebras(addresses, protocol):
    with Client(addresses[protocol], "zebras", protocol=protocol) as client:
        yield client


def levels(file):
    return np.asarray(Image.open(io.BytesIO(file)))


def test_images_are_those_of_the_model(digits, deployed):
    model = deployed[1]["digits"][1]
    images = digits.generate([5, 2**40, 7], [0, 1, 2])
    assert images.dtype == np.float32
    np.testing.assert_allclose(images, model.generate(seeds=[5, 2**40, 7], labels=[0, 1, 2]), atol=1e-6)
    np.testing.assert_allclose(digits.generate([2**40], [1]), images[1:2], atol=1e-6)
    made = digits.predict("decode", latent=LATENT, labels=[0, 1])
    np.testing.assert_allclose(made["image"], model.decode(LATENT, labels=[0, 1]), atol=1e-6)


def test_png_files(digits):
    files = digits.generate_png([5, 6], [0, 1])
    expected = digits.predict("generate", seed=[5, 6], labels=[0, 1])["image_uint8"]
    for file, image in zip(files, expected, strict=True):
        np.testing.assert_array_equal(levels(file), image[..., 0])


def test_versions_and_labels(addresses, protocol, deployed):
    for number, which in ((1, {"label": "stable"}), (2, {"label": "canary"}), (1, {"version": 1}), (2, {})):
        client = Client(addresses[protocol], "digits", protocol=protocol, **which)
        assert client.version == number
        model = deployed[1]["digits"][number - 1]
        np.testing.assert_allclose(client.generate([3], [0]), model.generate(seeds=[3], labels=[0]), atol=1e-6)


@pytest.mark.parametrize("to", ["a", "b"])
def test_translations_as_arrays_and_as_files(zebras, deployed, to):
    (model,) = deployed[1]["zebras"]
    grey = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype="uint8")
    images = grey / np.float32(127.5) - 1
    expected = model.translate(images, to=to)
    np.testing.assert_allclose(zebras.translate(images, to), expected, atol=1e-5)
    in_levels = zebras.translate(grey, to)
    assert in_levels.dtype == np.uint8
    assert np.abs(in_levels - (expected + 1) * 127.5).max() < 0.51
    files = [io.BytesIO(), io.BytesIO()]
    for file, image in zip(files, grey, strict=True):
        Image.fromarray(image).save(file, format="PNG")
    made = zebras.translate([file.getvalue() for file in files], to)
    np.testing.assert_array_equal(np.stack([levels(file) for file in made]), in_levels)


@pytest.mark.parametrize(
    ("signature", "inputs", "said"),
    [
        ("decode", {"latent": np.zeros((2, 3)), "labels": [0, 1]}, "latent.* is not compatible with expected shape"),
        ("decode", {"latent": np.zeros(2), "labels": [0, 1]}, "latent.* is not compatible with expected shape"),
        ("decode", {"latent": LATENT, "labels": [0, 1, 2]}, "must have equal 0th-dimension size"),
        ("decode", {"latent": LATENT, "labels": 1}, "must have at least one dimension"),
        ("generate", {"seed": [1, 2], "labels": [0, 3]}, r"labels must be 0 to 2"),
    ],
)
def test_what_the_server_refuses_and_that_it_goes_on(digits, signature, inputs, said):
    with pytest.raises(ServingError, match=said) as raised:
        digits.predict(signature, **inputs)
    assert raised.value.code == "INVALID_ARGUMENT"
    assert "\n" not in str(raised.value)
    assert digits.generate([1], [0]).shape == (1, 8, 8, 1)


@pytest.mark.parametrize(
    ("signature", "inputs", "said"),
    [
        ("decode", {"latent": LATENT}, "labels"),
        ("decode", {"latent": np.array([[b"four"] * 4], object)[:, 0], "labels": np.array([0])}, "type|Type"),
        ("decade", {"latent": LATENT}, "decade"),
    ],
)
def test_what_the_server_refuses_of_another_client(digits, protocol, signature, inputs, said):
    """The client would not send these itself."""
    with pytest.raises(ServingError, match=said) as raised:
        digits._transport.predict(signature, inputs, {})
    unknown = protocol == "grpc" and signature == "decade"
    assert raised.value.code == ("FAILED_PRECONDITION" if unknown else "INVALID_ARGUMENT")
    assert digits.generate([1], [0]).shape == (1, 8, 8, 1)


def test_a_request_of_many_rows(digits, deployed):
    """More than are run at once; the server says how many are too many."""
    rows = np.arange(100)
    expected = deployed[1]["digits"][1].generate(seeds=rows, labels=rows % 3)
    np.testing.assert_allclose(digits.generate(rows, rows % 3), expected, atol=1e-6)
    rows = np.arange(5000)
    with pytest.raises(ServingError, match="Task size 5000 is larger than maximum input batch size 4096") as raised:
        digits.generate(rows, rows % 3)
    assert raised.value.code == "INVALID_ARGUMENT"


def test_another_type_and_an_unknown_input_over_grpc(addresses):
    """Over REST, numbers have no type, and the server overlooks what it does not know."""
    client = Client(addresses["grpc"], "digits", protocol="grpc")
    labels = np.array([0, 1], "int32")
    for inputs, said in (
        ({"latent": LATENT.astype("float64"), "labels": labels}, "double vs. expect float"),
        ({"latent": LATENT, "labels": labels, "noise": LATENT}, r"Sent extra: \{noise\}"),
    ):
        with pytest.raises(ServingError, match=said) as raised:
            client._transport.predict("decode", inputs, {})
        assert raised.value.code == "INVALID_ARGUMENT"


def test_a_truncated_png_is_refused_and_the_server_goes_on(zebras):
    file = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), "uint8")).save(file, format="PNG")
    for wrong in (file.getvalue()[:40], b"", b"no image"):
        with pytest.raises(ServingError) as raised:
            zebras.translate([wrong])
        assert raised.value.code == "INVALID_ARGUMENT"
    assert len(zebras.translate([file.getvalue()])) == 1


@pytest.mark.parametrize(
    ("model", "which", "code"),
    [
        ("dogs", {}, "NOT_FOUND"),
        ("digits", {"version": 7}, "NOT_FOUND"),
        ("digits", {"label": "beta"}, "INVALID_ARGUMENT"),
    ],
)
def test_what_is_not_there(addresses, protocol, model, which, code):
    with pytest.raises(ServingError) as raised:
        Client(addresses[protocol], model, protocol=protocol, **which).generate([1])
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda client: client.predict("decod", latent=LATENT), "no signature 'decod', .* did you mean 'decode'"),
        (lambda client: client.generate([1]), "'generate' takes labels, seed; got seed"),
        (lambda client: client.generate([0.5], [1]), "seed must be int64; got float64"),
        (lambda client: client.generate([1], [2**31]), "labels must be int32; got int64 that it cannot hold"),
        (lambda client: client.translate(["zebra.png"]), "no signature 'translate_to_b_png'"),
        (lambda client: client.translate([], to="c"), "to must be 'a' or 'b'; got 'c'"),
    ],
)
def test_what_the_client_refuses(digits, call, said):
    with pytest.raises(ValueError, match=said):
        call(digits)


def test_seeds_of_encoders_are_by_default_those_of_the_rows(addresses):
    float32, int64 = np.dtype("float32"), np.dtype("int64")
    sent = types.SimpleNamespace(predict=lambda signature, arrays, gives: arrays)
    with Client(addresses["rest"], "digits") as client:
        client._transport.close()
        client._transport, client._signatures = sent, {"encode": ({"sample": (float32, (2,)), "seed": (int64, ())}, {})}
        np.testing.assert_array_equal(client.predict("encode", sample=np.zeros((3, 2)))["seed"], [0, 1, 2])
        np.testing.assert_array_equal(client.predict("encode", sample=np.zeros((2, 2)), seed=[7, 5])["seed"], [7, 5])
        client._transport.close = lambda: None


def test_names_of_files_are_no_files(zebras):
    with pytest.raises(ValueError, match="image_bytes must be a list of files as bytes; got str"):
        zebras.translate(["zebra.png"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"version": 1, "label": "stable"}, "version or label"),
        ({"protocol": "http"}, "protocol must be one of rest, grpc; got 'http'"),
        ({"address": "http://localhost:8501"}, "address must be host:port"),
        ({"address": "localhost"}, "address must be host:port"),
        ({"timeout": 0}, "timeout must be above 0"),
        ({"retries": -1}, "retries at least 0"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        Client(**{"address": "localhost:8501", "model": "digits"} | arguments)


@pytest.mark.parametrize(("failures", "retries", "asked"), [(0, 3, 1), (2, 3, 3), (9, 2, 3), (9, 0, 1)])
def test_retries(monkeypatch, failures, retries, asked):
    monkeypatch.setattr(errors, "FIRST_PAUSE", 1e-4)
    counter = itertools.count(1)

    def ask(left):
        if next(counter) <= failures:
            raise ServingError("UNAVAILABLE", "not yet")
        return "answer"

    if failures > retries:
        with pytest.raises(ServingError, match="not yet"):
            errors.retrying(ask, 10, retries)
    else:
        assert errors.retrying(ask, 10, retries) == "answer"
    assert next(counter) - 1 == asked


def test_what_is_wrong_for_good_is_asked_once():
    counter = itertools.count(1)

    def ask(left):
        next(counter)
        raise ServingError("INVALID_ARGUMENT", "wrong")

    with pytest.raises(ServingError, match="wrong"):
        errors.retrying(ask, 10, 3)
    assert next(counter) == 2


def test_no_server(protocol):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServingError) as raised:
        Client(address, "digits", protocol=protocol, retries=1).generate([1])
    assert raised.value.code == "UNAVAILABLE"


def test_a_server_that_does_not_answer_in_time(protocol):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"127.0.0.1:{silent.getsockname()[1]}", "digits", protocol=protocol, timeout=0.3)
        start = time.monotonic()
        with pytest.raises(ServingError) as raised:
            client.generate([1])
    assert raised.value.code in ("DEADLINE_EXCEEDED", "UNAVAILABLE")  # gRPC may not even have a connection
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("keeps", ["keep-alive", "close"])
def test_a_server_whose_answer_does_not_end_in_time(keeps):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.send_header("Connection", keeps)
            self.end_headers()
            for _ in range(30):  # each within the timeout
                self.wfile.write(b" ")
                time.sleep(0.1)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = Client(f"127.0.0.1:{server.server_port}", "digits", timeout=0.5)
        start = time.monotonic()
        with pytest.raises(ServingError, match=r"DEADLINE_EXCEEDED: no answer from .* in 0\.5 s"):
            client.version  # noqa: B018 - a property that asks
        assert time.monotonic() - start < 1.5
        server.shutdown()


def test_a_busy_server_is_asked_again_and_another_server_is_named():
    answers = iter([(503, b'{"error": "loading"}'), (200, b"<html>"), (500, b"<html>")])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = next(answers)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = Client(f"127.0.0.1:{server.server_port}", "digits")
        with pytest.raises(ServingError, match="answers 200 OK, not as a model server"):
            client.version  # noqa: B018 - a property that asks
        with pytest.raises(ServingError, match="answers 500 Internal Server Error"):
            client.version  # noqa: B018
        server.shutdown()


def test_rest_needs_no_tensorflow(addresses, deployed, tmp_path):
    code = """if True:
        import sys
        for name in ("tensorflow", "keras", "tensorflow_serving", "grpc"):
            sys.modules[name] = None
        import numpy as np, ganzoo
        client = ganzoo.serving.Client(sys.argv[1], "digits", label="stable")
        np.save(sys.argv[2], client.generate([3, 4], [1, 2]))
        assert client.generate_png([3], [1])[0].startswith(b"\\x89PNG")
    """
    environment = os.environ | {"PYTHONPATH": os.path.dirname(os.path.dirname(ganzoo.__file__))}
    command = [sys.executable, "-c", code, addresses["rest"], tmp_path / "made.npy"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = deployed[1]["digits"][0].generate(seeds=[3, 4], labels=[1, 2])
    np.testing.assert_allclose(np.load(tmp_path / "made.npy"), expected, atol=1e-6)
