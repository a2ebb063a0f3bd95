"""Ctrl-C and SIGTERM, sent to this process."""

import os
import signal

import pytest

from ganzoo.signals import StopSignals


@pytest.fixture(autouse=True)
def handlers():
    """The handlers are afterwards those that were there before."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_is_noted_and_the_second_raises(number, exit_code):
    with StopSignals() as signals:
        assert not signals.arrived()
        os.kill(os.getpid(), number)
        assert signals.arrived()
        assert signals.exit_code == exit_code
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_raises_as_long_as_nobody_asks():
    with StopSignals() as signals:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        assert signals.exit_code == 143
