"""The version of this package, in a place that every layer may read."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
