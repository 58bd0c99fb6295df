"""The program `hepbatch`: hands its arguments to the bundle that Node runs."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from hepbatch.errors import HepbatchError
from hepbatch.node_binary import find_bundle, find_node, node_environment


def main() -> NoReturn:
    """Become Node; status 2 and one line where that cannot be."""
    try:
        node = find_node()
        argv = [node, find_bundle(), *sys.argv[1:]]
        # The same process goes on as Node: signals, terminal and exit status need no passing on.
        os.execve(node, argv, node_environment())
    except HepbatchError as error:
        fault = f"{error.message}. {error.next}."
    except OSError as error:
        fault = f"Node could not be started: {error}"
    print(f"hepbatch: {fault}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
