"""The widget of the connections."""

from __future__ import annotations

from typing import Any

import traitlets

from hepbatch.widgets.comm_widget import CommWidget
from hepbatch.widgets.follow import follow, unfollow

TOPICS = (
    "connection",
    "connection-removed",
    "connection-problems",
    "prompt",
    "prompt-closed",
    "reset",
)


class ConnectionsWidget(CommWidget):
    """The kernel's half of the connections in a cell; it follows the agent while it is shown.

    Nothing is a trait: traits may be saved with the notebook, and names of users and hosts are
    nobody's business there.
    """

    _model_name = traitlets.Unicode("ConnectionsWidgetModel").tag(sync=True)
    _view_name = traitlets.Unicode("ConnectionsWidgetView").tag(sync=True)

    may_ask = ("connections", "prompts", "agent")

    def __init__(self) -> None:
        super().__init__()
        follow(self)

    def take_event(self, event: dict[str, Any]) -> None:
        """Pass on what the agent tells; called in the thread that follows it."""
        if event.get("topic") in TOPICS:
            # The first `reset` of a stream has no number; what is asked after it is the newest.
            numbered = {"sequence": 0, **event}
            self.at_home(lambda: self.tell(numbered))

    def close(self) -> None:
        """Follow the agent no more."""
        unfollow(self)
        super().close()
