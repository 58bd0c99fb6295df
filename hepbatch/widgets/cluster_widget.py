"""The widget of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from hepbatch.errors import HepbatchError
from hepbatch.widgets.comm_widget import CommWidget
from hepbatch.widgets.follow import follow, unfollow

if TYPE_CHECKING:
    from hepbatch.widgets.clusters import Cluster

# Answered here and not by the agent: what this cell is about.
OF_CELL = "/clusters/of-cell"
START = "/clusters/start"


class ClusterWidget(CommWidget):
    """The kernel's half of the cluster in a cell; it follows the agent while it is shown.

    Nothing is a trait: traits may be saved with the notebook, and the environment variables of a
    cluster are nobody's business there.
    """

    _model_name = traitlets.Unicode("ClusterWidgetModel").tag(sync=True)
    _view_name = traitlets.Unicode("ClusterWidgetView").tag(sync=True)

    may_ask = ("clusters", "agent")

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        # A cell may show a cluster that nothing else holds.
        self._cluster = cluster
        follow(self)

    def answer(self, method: Any, path: Any, body: Any) -> tuple[int, Any]:
        """Answer what is about this cell itself; the agent answers the rest."""
        try:
            if (method, path) == ("GET", OF_CELL):
                return 200, self._cluster.of_cell()
            if (method, path) == ("POST", START):
                return 200, self._cluster.begin(body)
        except HepbatchError as error:
            return error.status, error.to_failure()
        return super().answer(method, path, body)

    def take_event(self, event: dict[str, Any]) -> None:
        """Pass on what the agent tells of this cluster; called in the thread that follows it."""
        topic = event.get("topic")
        id = self._cluster.id
        is_ours = (
            (topic == "cluster" and event["cluster"]["id"] == id)
            or (topic == "cluster-removed" and event["id"] == id)
            or topic == "reset"
        )
        if is_ours:
            # The first `reset` of a stream has no number; what is asked after it is the newest.
            numbered = {"sequence": 0, **event}
            self.at_home(lambda: self.tell(numbered))

    def close(self) -> None:
        """Follow the agent no more."""
        unfollow(self)
        super().close()
