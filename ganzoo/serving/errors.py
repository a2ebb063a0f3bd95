"""What a server may answer in place of a result."""


class ServingError(RuntimeError):
    """A request that was not answered with a result.

    Attributes:
        code: the name of the gRPC status, the same over REST: INVALID_ARGUMENT for inputs that the model does not take,
            NOT_FOUND for a model or version that is not there, DEADLINE_EXCEEDED, UNAVAILABLE, ...
    """

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
