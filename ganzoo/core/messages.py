"""Parts of error messages."""

import difflib


def nearest(name, known):
    """'; did you mean ...?' with the nearest known name, or nothing where none is near."""
    matches = difflib.get_close_matches(str(name), [str(candidate) for candidate in known], n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""
