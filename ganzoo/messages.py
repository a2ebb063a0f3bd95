"""Parts of error messages."""

import contextlib
import difflib


def did_you_mean(name, known):
    """How a sentence about an unknown name ends: '; did you mean ...?' where a known one is near, else a full stop."""
    matches = difflib.get_close_matches(str(name), [str(candidate) for candidate in known], n=1)
    return f"; did you mean {matches[0]!r}?" if matches else "."


def unknown_key(source, path, known):
    """The sentence about a key of a config that nothing takes."""
    known = list(known)
    return (
        f"{source}: {'.'.join(map(str, path))} is not a known key; known here: {', '.join(known) or 'none'}"
        f"{did_you_mean(path[-1], known)}"
    )


@contextlib.contextmanager
def extras_named():
    """Where an import fails because the package of an extra is absent, says which extra installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "jax":
            raise
        message = "KERAS_BACKEND=jax needs the package jax, which is not installed: pip install 'ganzoo[jax]'."
        raise ImportError(message, name="jax") from None
