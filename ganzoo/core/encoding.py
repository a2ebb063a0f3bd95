"""Models of a generator and an encoder, which maps samples back to codes."""

from keras import ops

from ganzoo.core import backend
from ganzoo.core.checks import check_generator, check_takes
from ganzoo.core.generative import GenerativeModel, row_seeds


class EncodingModel(GenerativeModel):
    """Abstract base of the models with a `generator`, codes -> samples, and an `encoder`, samples -> codes.

    The encoder takes samples, or samples and standard normal noise (batch, d): then it is implicit, the codes of one
    sample have a distribution q(z|x) of which nothing but draws is known.

    Args:
        generator: Keras model, codes (batch, latent_dim) -> samples (batch, ...).
        encoder: Keras model, samples -> codes, or [samples, noise] -> codes.

    Attributes:
        code_size: numbers that the encoder gives for each of the generator's.

    Raises:
        ValueError: a generator that is not built, an encoder that does not take its samples or gives other codes.
    """

    code_size = 1

    def __init__(self, generator, encoder, **kwargs):
        super().__init__(**kwargs)
        check_generator(generator)
        self.generator, self.encoder = generator, encoder
        shape = generator.output_shape[1:]
        what = f"The generator gives samples of shape {shape}"
        given = check_takes(encoder, "encoder", what, shape, *self.noise_shapes)
        expected = (self.code_size * self.latent_dim,)
        if given != expected:
            raise ValueError(f"The encoder gives codes of shape {given}; this model needs the shape {expected}.")

    @property
    def averaged_networks(self):
        return {name: self._player_of(getattr(self, name)) for name in ("generator", "encoder")}

    def _player_of(self, network):
        return next(name for name, player in self.players.items() if network in player.networks)

    @property
    def noise_shapes(self):
        """The shape of the encoder's noise, in a list that is empty where it takes none."""
        inputs = getattr(self.encoder, "inputs", None) or [None]
        return [tuple(noise.shape[1:]) for noise in inputs[1:]]

    def draw_code(self, samples):
        """A code from q(z|x) for each sample, by the model's own noise, in the mode of the step that is computed."""
        noise = [self.random_normal((ops.shape(samples)[0], *shape)) for shape in self.noise_shapes]
        return ops.cast(self.encoder([samples, *noise] if noise else samples, training=self.training), "float32")

    def decode_together(self, latent, codes):
        """G(latent) and G(codes), made in one minibatch: what normalises both is what `generate` normalises by later.

        Made apart, each would be normalised by its own statistics in training, and by a blend of them afterwards.
        """
        return ops.split(self.generator(ops.concatenate([latent, codes]), training=self.training), 2)

    def code_noise(self, seeds):
        """The noise of an implicit encoder, a list of one array (n, d), for the seeds (n,); else an empty list.

        It is of other streams than the latent vectors: E(G(z)) must not be told the z of the same seed.
        """
        return [backend.row_noise(seeds, shape, stream) for stream, shape in enumerate(self.noise_shapes, start=1)]

    def code_of(self, encoded):
        """The one code that stands for a sample, of what the encoder gives for it."""
        return encoded

    def encode(self, samples, *, seed=0, seeds=None, averaged=None, batch_size=256):
        """The codes of samples (n, ...): NumPy float32 of shape (n, latent_dim).

        Args:
            seed: of the noise of an implicit encoder, for which row i has `seed + i`.
            seeds: integers, one a row, in place of `seed`.
            averaged, batch_size: as for `generate`.

        Raises:
            ValueError: samples of another shape, images outside [-1, 1], NaN, not one seed a sample, an average that
                was not compiled.
        """
        samples = self.as_samples(samples)
        seeds = row_seeds(len(samples) if seeds is None else None, seed, seeds)
        if len(seeds) != len(samples):
            raise ValueError(f"seeds must be one for each sample; got {len(seeds)} seeds for {len(samples)} samples.")
        noise = map(ops.convert_to_numpy, self.code_noise(seeds))
        encoder = self.network("encoder", averaged)
        return ops.convert_to_numpy(self.code_of(self.infer(encoder, samples, *noise, batch_size=batch_size)))

    def reconstruct(self, samples, *, seed=0, seeds=None, averaged=None, batch_size=256):
        """G(E(x)) for samples (n, ...): NumPy float32 of their shape; arguments and errors as for `encode`."""
        codes = self.encode(samples, seed=seed, seeds=seeds, averaged=averaged, batch_size=batch_size)
        return self.decode(codes, averaged=averaged, batch_size=batch_size)


class JointEncodingModel(EncodingModel):
    """Abstract: a discriminator judges pairs of samples and codes.

    Args:
        generator, encoder: as for `EncodingModel`.
        discriminator: Keras model, [samples (batch, ...), codes (batch, latent_dim)] -> logits (batch, 1).

    Raises:
        ValueError: also a discriminator that does not take the generator's samples and codes.
    """

    def __init__(self, generator, encoder, discriminator, **kwargs):
        super().__init__(generator, encoder, **kwargs)
        shapes = generator.output_shape[1:], (self.latent_dim,)
        what = f"The pairs are samples of shape {shapes[0]} and codes {shapes[1]}"
        check_takes(discriminator, "discriminator", what, *shapes)
        self.discriminator = discriminator

    def score(self, samples, codes):
        """The discriminator's logits of pairs, float32, in the mode of the step that is being computed."""
        return ops.cast(self.discriminator([samples, codes], training=self.training), "float32")

    def discriminate(self, samples, codes=None, *, batch_size=256):
        """The discriminator's logits, NumPy float32 (n, 1), for samples (n, ...) and codes (n, latent_dim).

        Without codes for E(x), both networks as they are trained.

        Raises:
            ValueError: samples or codes of another shape, images outside [-1, 1], NaN, not one code a sample.
        """
        samples = self.as_samples(samples)
        if codes is None:
            codes = self.encode(samples, averaged=False, batch_size=batch_size)
        codes = self.check_latent(codes, "codes")
        if len(codes) != len(samples):
            raise ValueError(f"codes must be one for each sample; got {len(codes)} codes for {len(samples)} samples.")
        return self.infer(self.discriminator, samples, codes, batch_size=batch_size)


class GaussianEncodingModel(EncodingModel):
    """Abstract: the encoder gives the mean and the logarithm of the variance of q(z|x) = N(mean, variance), joined."""

    code_size = 2

    def posterior(self, samples):
        """(mean, logarithm of the variance) of q(z|x), each (batch, latent_dim)."""
        return ops.split(ops.cast(self.encoder(samples, training=self.training), "float32"), 2, axis=-1)

    def draw_code(self, samples):
        return self.draw(*self.posterior(samples))

    def draw(self, mean, log_variance):
        """A code from N(mean, variance): mean + standard deviation * noise."""
        return mean + ops.exp(log_variance / 2) * self.random_normal(ops.shape(mean))

    def code_of(self, encoded):
        """The mean."""
        return encoded[:, : self.latent_dim]
