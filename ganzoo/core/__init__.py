"""The engine: players and turns; `ganzoo.core.backend` says what of it knows the backend."""

from ganzoo.core.backend import input_gradient, minimize, row_noise
from ganzoo.core.conditional import ConditionalModel, LabelledModel
from ganzoo.core.encoding import EncodingModel, GaussianEncodingModel, JointEncodingModel
from ganzoo.core.flow import FlowModel
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.core.rates import lower_learning_rates
from ganzoo.core.two_player import TwoPlayerModel

__all__ = [
    "AdversarialModel",
    "ConditionalModel",
    "EncodingModel",
    "FlowModel",
    "GaussianEncodingModel",
    "JointEncodingModel",
    "LabelledModel",
    "Player",
    "TwoPlayerModel",
    "input_gradient",
    "lower_learning_rates",
    "minimize",
    "row_noise",
]
