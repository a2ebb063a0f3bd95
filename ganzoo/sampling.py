"""What the options of `ganzoo sample` ask for."""

from ganzoo import translations
from ganzoo.core import labels


def translated(model, section, to, path, n, first, output):
    """(translations, None), or for a .png (strips of images, how many images stand in a row)."""
    if not hasattr(model, "translate"):
        raise ValueError(f"--to and --images are for a CycleGAN, and this is a {type(model).__name__}: leave them out.")
    there = translations.images_for(model, to, path, section)
    if not 0 <= first < len(there):
        raise ValueError(f"--seed is the number of the first image, from 0 to {len(there) - 1}; got {first}.")
    images = there.images(slice(first, first + n))
    if output.suffix == ".png":
        return translations.strips(*translations.there_and_back(model, images, to))
    return model.translate(images, to=to), None


def labelled(model, text, n, seed):
    """Samples with the labels of the option `--labels`, of which a single one holds for all n."""
    if not hasattr(model, "num_classes"):
        raise ValueError(
            f"--labels is for models that are told labels, and a {type(model).__name__} is not: leave it out."
        )
    given = labels.parsed(text, model.num_classes)
    given = given.repeat(n, axis=0) if n and len(given) == 1 else given
    return model.generate(n or len(given), labels=given, seed=seed)
