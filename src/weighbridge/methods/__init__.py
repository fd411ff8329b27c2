"""Matrix and weights to a ranking, by the methods of the literature.

The public function ``weighbridge.methods()`` has the name of this package, and importing a package
binds it in its parent. So the package answers the call itself, whichever of the two was there first.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weighbridge.methods.spec import MethodSpec


class _CallablePackage(ModuleType):
    def __call__(self) -> Mapping[str, MethodSpec]:
        from weighbridge.methods.registry import methods

        return methods()


sys.modules[__name__].__class__ = _CallablePackage
