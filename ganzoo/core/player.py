"""A player of the game: networks that are updated together to lower one loss."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Player:
    """A set of networks that move together.

    Args:
        networks: the Keras models whose trainable variables this player moves; everything else is fixed in its turn.
        loss: `loss(batch) -> scalar`, where `batch` is one minibatch as `fit` was given it.
        steps: updates a turn, each on a minibatch of its own.
    """

    networks: list
    loss: Callable
    steps: int = 1

    @property
    def variables(self):
        """The trainable variables of the networks, each once."""
        unique = {id(variable): variable for network in self.networks for variable in network.trainable_variables}
        return list(unique.values())
