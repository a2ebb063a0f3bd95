"""What is said of what another library raised."""

import pytest

from ganzoo.messages import refused_as

GRAPH = "Graph execution error:\n\nDetected at node MatMul defined at (most recent call last):\n"


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        ("Too large.", "Too large"),
        ("Too large.\nTry another.", "Too large"),
        ("", "RuntimeError"),
        ("Nothing follows:", "Nothing follows:"),
        ("One layer could not be loaded. Example:\n\nIt has 2 variables\n\nAll:\n[...]", "It has 2 variables"),
        (f"{GRAPH}<stack traces unavailable>\nUnknown image file.\n\t [[{{node}}]] [Op:a]", "Unknown image file"),
        (f'{GRAPH}  File "a.py", line 5, in show\n\nMatrix size-incompatible\n\t [[x]]', "Matrix size-incompatible"),
    ],
)
def test_the_reason_is_the_first_line_that_is_one(raised, reason):
    with pytest.raises(ValueError, match="It cannot be read") as refused, refused_as("It cannot be read"):
        raise RuntimeError(raised)
    assert str(refused.value) == f"It cannot be read ({reason})."
