"""Ctrl-C and SIGTERM while `ganzoo train` trains."""

import signal


class StopSignals:
    """A context in which Ctrl-C and SIGTERM are noted, so that the training can stop where it can go on again.

    As long as nobody has asked `arrived`, and from the second signal on, they raise KeyboardInterrupt at once.
    """

    def __init__(self):
        self.number = None
        self._asked = False

    def __enter__(self):
        self._before = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def exit_code(self):
        """What a shell gives to a process that the signal ended."""
        return 128 + (self.number or signal.SIGINT)

    def arrived(self):
        """Whether a signal has come."""
        self._asked = True
        return self.number is not None

    def _note(self, number, _):
        at_once = not self._asked or self.number is not None
        self.number = number
        if at_once:
            raise KeyboardInterrupt
