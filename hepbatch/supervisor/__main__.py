"""Runs this folder, or the one file made of it: ``python supervisor start``."""

import importlib
import sys
import types

# The modules are a package that only we know. Left on the path, `logs` or `request` would hide
# modules of the user of the same name, also in the workers, which inherit the path.
here = sys.path.pop(0)
package = types.ModuleType("hepbatch_supervisor")
package.__path__ = [here]
sys.modules[package.__name__] = package

if __name__ == "__main__":
    sys.exit(importlib.import_module(package.__name__ + ".main").main())
