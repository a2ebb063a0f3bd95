"""Two models as they are deployed, and the stand-in that serves them."""

import conformance
import pytest
from serving import stand_in

from ganzoo import export, models
from ganzoo.serving import config


@pytest.fixture(scope="session")
def deployed(tmp_path_factory):
    """(folder, {name: [models, version by version]}), with all that `ganzoo serve-config` writes in serving/."""
    folder = tmp_path_factory.mktemp("deployed")
    sizes = {"num_classes": conformance.CLASSES, "latent_dim": 4, "width": 4}
    made = {
        "digits": [models.ConditionalGAN.for_images((8, 8, 1), **sizes) for _ in range(2)],
        "zebras": [models.CycleGAN.for_images((8, 8, 3), width=4, blocks=1)],
    }
    for name, versions in made.items():
        for number, model in enumerate(versions, start=1):
            export.saved_model(model, folder / name, version=number)
    labels = ["digits:stable=1", "digits:canary=2"]
    config.write([folder / name for name in made], folder / "serving", labels, local=True)
    return folder, made


@pytest.fixture(scope="session")
def addresses(deployed):
    """{protocol: address} of the stand-in."""
    with stand_in.serving(deployed[0] / "serving") as (grpc, rest):
        yield {"grpc": grpc, "rest": rest}


@pytest.fixture(params=["rest", "grpc"])
def protocol(request):
    return request.param
