"""`hepbatch.clusters()`: the Dask clusters of this user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hepbatch.widgets.asked import asked
from hepbatch.widgets.cluster_words import table
from hepbatch.widgets.clusters import Cluster
from hepbatch.widgets.dask_client import find


def clusters() -> Clusters:
    """Return the clusters of this user; as the last line of a cell they show themselves."""
    return Clusters()


class Clusters:
    """The clusters of this user, by name. What is asked of them is asked of the agent."""

    @property
    def names(self) -> list[str]:
        """Names of all clusters, newest first."""
        return [str(card["name"]) for card in self._list()]

    def __iter__(self) -> Iterator[Cluster]:
        return map(Cluster.of, self._list())

    def __len__(self) -> int:
        return len(self._list())

    def __getitem__(self, name: str) -> Cluster:
        """The cluster of that name or id, one that lives first."""
        return Cluster.of(find(name))

    def __repr__(self) -> str:
        cards = self._list()
        if not cards:
            return "There is no cluster: hepbatch.Cluster(...).start() starts one."
        return table(cards)

    def _list(self) -> list[dict[str, Any]]:
        return list(asked("GET", "/clusters")["clusters"])
