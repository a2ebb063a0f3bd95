"""Distances and scores: plain functions of arrays."""

from ganzoo.metrics.modes import mode_coverage

__all__ = ["mode_coverage"]
