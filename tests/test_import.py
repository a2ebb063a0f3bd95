"""What `import ganzoo` does to the process."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import ganzoo
from tensorflow.python.util import _pywrap_util_port
print(_pywrap_util_port.IsMklEnabled())
"""


@pytest.mark.parametrize(("setting", "on"), [(None, "True"), ("0", "False")])
def test_tensorflow_computes_with_onednn_unless_it_is_told_not_to(setting, on):
    """TensorFlow by itself leaves it off on processors without AVX-512, where it has half the speed of convolutions."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    if setting is not None:
        environment["TF_ENABLE_ONEDNN_OPTS"] = setting
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [on]
