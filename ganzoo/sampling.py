"""What the options of `ganzoo sample` ask for."""

from ganzoo import pictures, translations, views
from ganzoo.core import labels


def view(asked, model, section, n, seed, output, options):
    """Writes the view that is asked for; returns a sentence about it.

    Args:
        asked: names of views.
        options: {"--labels", "--to", "--images"}, which have no say in views; None where they are not given.
    """
    if given := [option for option, value in options.items() if value is not None]:
        raise ValueError(f"{given[0]} has no say in a picture of {asked[0]}; leave it out.")
    return f"A picture of {views.write(asked, model, section, n, seed, output)} is in {output}."


def write(model, section, n, seed, output, wanted, to, images):
    """Writes samples, with the labels `wanted` or translated as the options say; returns a sentence about them."""
    columns = None
    if wanted is not None:
        samples = labelled(model, wanted, n, seed)
    elif to or images or hasattr(model, "translate"):
        samples, columns = translated(model, section, to or "b", images, n or 64, seed, output)
    elif output.suffix == ".png":
        samples, columns = pictures.panel(model, n or 64, seed)
    else:
        samples = model.generate(n or 64, seed=seed)
    pictures.write(samples, output, columns)
    return f"{len(samples)} samples are in {output}."


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
