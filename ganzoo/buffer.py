"""The history of a generator's images that CycleGAN's discriminators are shown.

Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", 2017,
arXiv:1612.07828, section 2.3, as in the code of CycleGAN's authors.
"""

import keras
from keras import ops


class ImageBuffer(keras.layers.Layer):
    """The last images of a generator. It gives back an old image for a new one half of the time, and keeps the new.

    Until it is full it keeps every image and gives back that same one. Of several replicas it keeps the first one's
    images. It is saved with the model whose attribute it is, and takes no space in the file while it is empty.

    Args:
        size: how many images it holds.
        image_shape: (height, width, channels) of each.
    """

    def __init__(self, size, image_shape, **arguments):
        super().__init__(**arguments)
        self.size = size
        own = {"initializer": "zeros", "trainable": False, "aggregation": "only_first_replica"}
        self.images = self.add_weight(shape=(size, *image_shape), dtype="float32", name="images", **own)
        self.filled = self.add_weight(shape=(), dtype="int32", name="filled", **own)
        self.built = True

    def exchange(self, images, noise):
        """What a discriminator is to be shown for `images`, one image after the other.

        Args:
            images: (batch, height, width, channels).
            noise: uniform in [0, 1), of shape (batch, 2): whether an old image is given back, and which.

        Returns:
            Images of that shape.
        """
        batch = ops.shape(images)[0]
        new = ops.arange(batch)  # (batch,)
        filling = self.filled + new < self.size
        swapped = ops.logical_and(noise[:, 0] < 0.5, ops.logical_not(filling))
        kept = ops.logical_or(filling, swapped)
        place = ops.where(filling, self.filled + new, ops.cast(noise[:, 1] * self.size, "int32"))
        # Where two images of a batch come to one place, the later one finds the earlier one there.
        earlier = kept & (place[:, None] == place) & (new < new[:, None])  # (batch, batch)
        found = ops.max(ops.where(earlier, new, -1), axis=1)
        last = ops.max(ops.where(kept & (place == ops.arange(self.size)[:, None]), new, -1), axis=1)  # (size,)
        # Old and new images in one row, the new ones from `size` on.
        together = ops.concatenate([self.images, ops.cast(images, "float32")])
        old = ops.where(found < 0, place, self.size + found)
        shown = ops.take(together, ops.where(swapped, old, self.size + new), axis=0)
        self.images.assign(ops.take(together, ops.where(last < 0, ops.arange(self.size), self.size + last), axis=0))
        self.filled.assign(ops.minimum(self.filled + batch, self.size))
        return shown

    def save_own_variables(self, store):
        if int(ops.convert_to_numpy(self.filled)):
            super().save_own_variables(store)

    def load_own_variables(self, store):
        if store.keys():
            super().load_own_variables(store)
        else:
            self.filled.assign(0)
