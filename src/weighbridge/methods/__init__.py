"""Matrix and weights become a ranking: scaling, TOPSIS, PROMETHEE, additive methods, the pymcdm adaptor.

The package can be called: ``weighbridge.methods()`` is the public table of methods, and importing
any module below puts this package in that place.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weighbridge.methods.spec import MethodSpec


class _CallablePackage(ModuleType):
    """A package that answers a call with the table of methods."""

    def __call__(self) -> Mapping[str, MethodSpec]:
        """Return every ranking method by name."""
        from weighbridge.methods.registry import methods

        return methods()


sys.modules[__name__].__class__ = _CallablePackage
