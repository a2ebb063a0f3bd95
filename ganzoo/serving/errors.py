"""What a server may answer in place of a result."""

import random
import time

BUSY = ("UNAVAILABLE", "RESOURCE_EXHAUSTED")  # what may be otherwise in a moment
FIRST_PAUSE = 0.1  # seconds


class ServingError(RuntimeError):
    """A request that was not answered with a result.

    Attributes:
        code: the name of the gRPC status, the same over REST: INVALID_ARGUMENT for inputs that the model does not take,
            NOT_FOUND for a model or version that is not there, DEADLINE_EXCEEDED, UNAVAILABLE, ...
    """

    def __init__(self, code, message):
        first = str(message).partition("\n")[0].rstrip()  # further lines name nodes of the graph
        super().__init__(f"{code}: {first}")
        self.code = code


def retrying(ask, timeout, retries):
    """What `ask(seconds left)` returns.

    A `ServingError` that says that the server is away or busy is answered by asking again after a pause, which doubles
    each time; all of it within `timeout` seconds, and no more than `retries` times.
    """
    end = time.monotonic() + timeout
    for attempt in range(retries):
        try:
            return ask(max(end - time.monotonic(), 0.001))
        except ServingError as error:
            pause = FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5)  # so that many clients do not come at once
            if error.code not in BUSY or time.monotonic() + pause >= end:
                raise
        time.sleep(pause)
    return ask(max(end - time.monotonic(), 0.001))
