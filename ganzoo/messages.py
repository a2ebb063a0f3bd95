"""Parts of error messages."""

import difflib


def did_you_mean(name, known):
    """The end of a sentence about an unknown name: '; did you mean ...?' where a known one is near, else a full stop."""
    matches = difflib.get_close_matches(str(name), [str(candidate) for candidate in known], n=1)
    return f"; did you mean {matches[0]!r}?" if matches else "."
