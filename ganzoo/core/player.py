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
        makes: `makes(batch) -> samples`, what this player makes of a minibatch before anyone moves. At most one player
            of a game makes something, and it moves once a round; the loss of every player is then
            `loss(batch, samples)`. So what several losses need is computed once: to its maker the samples are a
            function of its variables, to the others they are constant.
    """

    networks: list
    loss: Callable
    steps: int = 1
    makes: Callable | None = None

    def __post_init__(self):
        if self.makes and self.steps != 1:
            raise ValueError(f"A player that makes samples for the others moves once a round; got steps={self.steps}.")

    @property
    def variables(self):
        """The trainable variables of the networks, each once."""
        unique = {id(variable): variable for network in self.networks for variable in network.trainable_variables}
        return list(unique.values())
