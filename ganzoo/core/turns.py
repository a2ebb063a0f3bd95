"""A round of a game: every player in turn makes its updates."""

import functools

from ganzoo.core import backend


def play(players, optimizers, minibatches):
    """One round. Yields (name of the player, its loss before the update) after each update.

    Args:
        players: {name: Player}, in the order in which they move.
        optimizers: {name: Keras optimizer}.
        minibatches: k of them, as many as any player has steps.
    """
    begun, made = {}, [()] * len(minibatches)
    for name, player in players.items():
        if player.makes:
            begun[name] = backend.Update(player.variables, optimizers[name])
            first = begun[name].make(functools.partial(player.makes, minibatches[0]))
            made = [(first,), *((player.makes(minibatch),) for minibatch in minibatches[1:])]
    for name, player in players.items():
        for minibatch, samples in zip(minibatches[: player.steps], made, strict=False):
            update = begun.get(name) or backend.Update(player.variables, optimizers[name])
            yield name, update.towards_lower(functools.partial(player.loss, minibatch), *samples)


def look(players, minibatches):
    """The losses of one round without an update. Yields (name, loss)."""
    made = [()] * len(minibatches)
    for player in players.values():
        if player.makes:
            made = [(player.makes(minibatch),) for minibatch in minibatches]
    for name, player in players.items():
        for minibatch, samples in zip(minibatches[: player.steps], made, strict=False):
            yield name, player.loss(minibatch, *samples)
