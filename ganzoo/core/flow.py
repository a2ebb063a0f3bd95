"""A flow: samples and latent variables mapped onto each other one to one, so that densities are exact."""

import functools
import math

import keras
import numpy as np
from keras import ops

from ganzoo.bijectors import Decoder, as_tfp
from ganzoo.bijectors.bijector import sum_of_rows
from ganzoo.bits import bits
from ganzoo.core.checks import check_shape
from ganzoo.core.generative import GenerativeModel, row_seeds, without_labels
from ganzoo.core.inference import Inference
from ganzoo.data.samples import check_images


class FlowModel(GenerativeModel):
    """Abstract base of the models over a flow f from samples x to latent vectors z = f(x), the prior standard normal.

        log p(x) = log N(f(x); 0, 1) + log |det df/dx|

    A concrete model declares its players; maximum likelihood is the game of one player, who lowers
    `negative_log_likelihood`. So a flow is trained, averaged, saved and gone on with as every game is.

    Args:
        flow: `Bijector`, samples (batch, *shape) -> latent vectors (batch, D).
        bin_width: width of the interval that one value of the data stands for, 1 / 127.5 for grey levels in [-1, 1].
            Uniform noise of that width is added wherever a likelihood is taken of data (uniform dequantisation). 0 for
            continuous data.

    Raises:
        ValueError: a flow whose latent variables are no vectors.
    """

    def __init__(self, flow, bin_width: float, **kwargs):
        super().__init__(**kwargs)
        if len(flow.latent_shape) != 1:
            raise ValueError(f"flow must give latent vectors; it gives the shape {flow.latent_shape}: add a Flatten.")
        self.flow, self.bin_width = flow, bin_width

    @property
    def latent_dim(self):
        """D, the dimension of the data and of the latent space."""
        return self.flow.latent_shape[0]

    @property
    def averaged_networks(self):
        return {"flow": "flow"}

    @functools.cached_property
    def generator(self):
        """The flow's inverse as a Keras model, latent vectors (batch, D) -> samples: a generator for any game."""
        low, high = self.flow.domain
        limits = (low + self.bin_width / 2, high - self.bin_width / 2) if math.isfinite(high) else None
        latent = keras.Input((self.latent_dim,))
        return keras.Model(latent, Decoder(self.flow, limits)(latent), name="generator")

    def dequantized(self, samples):
        """The samples with noise that is uniform over one grey level, centred at it."""
        return samples + self.bin_width * (self.random_uniform(ops.shape(samples)) - 0.5)

    def negative_log_likelihood(self, samples):
        """Mean over the samples of -log2 P(x) / D, in bits per dimension; grey levels are dequantised.

        For grey levels a lower bound of the likelihood is taken: E_u[log p(x + u)] <= log E_u[p(x + u)] = log P(x).
        """
        z, log_det = self.flow.forward(self.dequantized(samples), training=self.training)
        return ops.mean(bits(log_normal(z) + log_det, self.latent_dim, self.bin_width))

    def penalized_negative_log_likelihood(self, samples):
        """The same with the flow's penalties, which are added to the likelihood in nats, before it is divided."""
        return self.negative_log_likelihood(samples) + sum(self.flow.losses) / (self.latent_dim * math.log(2))

    def check_samples(self, spec):
        check_shape(without_labels(spec), self.flow.shape, "flow is")

    def as_samples(self, samples):
        """As float32, in the flow's domain."""
        samples = np.asarray(samples)
        self.check_samples(samples)
        check_images(samples)
        samples = samples.astype("float32", copy=False)
        low, high = self.flow.domain
        slack = 1e-6 * max(1.0, abs(low)) if math.isfinite(low) else 0.0
        inside = (samples >= low - slack) & (samples <= high + slack)  # false for NaN
        if not inside.all():
            outside = samples[~inside][0]
            raise ValueError(
                f"A value of the samples is {outside:.6g}, and the flow has a density from {low:.6g} to {high:.6g}."
            )
        return np.clip(samples, low, high)

    # --- what a flow can be asked ------------------------------------------------------------------------------------
    # `averaged` says whether the average of the weights is used; by default it is where there is one.

    def log_prob(self, samples, *, averaged=None, batch_size=256):
        """log p(x), the density on the samples' own scale ([-1, 1] for images): NumPy float32 of shape (n,).

        Raises:
            ValueError: samples of another shape, images of integers, NaN, or outside of the range in which the flow has
                a density.
        """
        return self._maps(averaged).log_prob(self.as_samples(samples), batch_size=batch_size)

    def bits_per_dim(self, samples, *, seed=0, averaged=None, batch_size=256):
        """-log2 P(x) / D for each sample, of shape (n,): -(log p(x + u) + D log(bin_width)) / (D log 2).

        u is uniform over one grey level, centred at it, a function of `seed`. A uniform density over 256 levels gives 8
        bits. Continuous data have no bins: -log p(x) / (D log 2). Errors as for `log_prob`.
        """
        samples = self.as_samples(samples)
        u = self.bin_width * (np.random.default_rng(seed).random(samples.shape, "float32") - 0.5)
        log_density = self.log_prob(samples + u, averaged=averaged, batch_size=batch_size)
        return bits(log_density, self.latent_dim, self.bin_width)

    def encode(self, samples, *, averaged=None, batch_size=256):
        """z = f(x): NumPy float32 of shape (n, D); errors as for `log_prob`."""
        return self._maps(averaged).encode(self.as_samples(samples), batch_size=batch_size)

    def decode(self, latent, *, averaged=None, batch_size=256):
        """The samples of latent vectors (n, D), x with f(x) = z, NumPy float32."""
        return self._maps(averaged).decode(self.check_latent(latent), batch_size=batch_size)

    def reconstruct(self, samples, **named):
        """decode(encode(x)): the samples again, but for rounding."""
        return self.decode(self.encode(samples, **named), **named)

    def latent(self, seeds, temperature=1.0):
        """Latent vectors (n, D) from the prior, one for each of the int64 seeds (n,), times the temperature."""
        return temperature * ops.convert_to_numpy(super().latent(seeds))

    def generate(self, n=None, *, seed=0, seeds=None, temperature=1.0, averaged=None, batch_size=256):
        """Samples of the model.

        Args:
            n, seed, seeds, averaged, batch_size: as for `GenerativeModel.generate`; row i has the seed `seed + i`.
            temperature: standard deviation of the prior; below 1 samples are more likely and less diverse.

        Returns:
            NumPy float32 array of shape (n, ...); images lie in [-1, 1]. A row depends on its own seed alone.

        Raises:
            ValueError: neither or both of n and seeds, n below 1, a temperature below 0, an average not compiled.
        """
        if not temperature >= 0:
            raise ValueError(f"temperature is the standard deviation of the prior, at least 0; got {temperature}.")
        latent = self.latent(row_seeds(n, seed, seeds), temperature)
        return self._maps(averaged).generate(latent, batch_size=batch_size)

    @property
    def distribution(self):
        """The density as a `tfp.distributions.TransformedDistribution` over samples; needs TensorFlow's backend."""
        bijector = as_tfp(self._maps(None).flow)
        import tensorflow_probability as tfp

        prior = tfp.distributions.MultivariateNormalDiag(np.zeros(self.latent_dim, "float32"))
        return tfp.distributions.TransformedDistribution(prior, tfp.bijectors.Invert(bijector), name="flow")

    def __dir__(self):
        """Without `distribution`: Keras, where it saves, looks at all that is named here, and that one imports tfp."""
        return [name for name in super().__dir__() if name != "distribution"]

    def _maps(self, averaged):
        flow = self.network("flow", averaged)
        if flow not in self._inference:
            self._inference[flow] = _Maps(flow, self.generator.layers[-1].limits)
        return self._inference[flow]


class _Maps:
    """What is asked of a flow, in inference mode, as compiled functions of arrays."""

    def __init__(self, flow, limits):
        self.flow = flow
        self.encode = Inference(lambda x: flow.forward(x)[0], flow.variables)
        self.log_prob = Inference(self._log_prob, flow.variables)
        self.decode = Inference(lambda z: flow.inverse(z)[0], flow.variables)
        self.generate = Inference(Decoder(flow, limits), flow.variables)

    def _log_prob(self, x):
        z, log_det = self.flow.forward(x)
        return log_normal(z) + log_det


def log_normal(z):
    """The standard normal's log-density at the rows of z (batch, D): shape (batch,)."""
    return -0.5 * sum_of_rows(ops.square(z) + math.log(2 * math.pi))
