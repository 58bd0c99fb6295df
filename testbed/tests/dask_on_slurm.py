"""Computes on a worker that Slurm runs; sent to the jobs' Python on its standard input."""

from dask_jobqueue import SLURMCluster
from distributed import Client

# DASK_TEMPORARY_DIRECTORY must be set: /tmp/dask-scratch-space may be somebody else's.
with (
    SLURMCluster(
        queue="short", cores=1, processes=1, memory="400MB", walltime="00:05:00", interface="lo"
    ) as cluster,
    Client(cluster) as client,
):
    cluster.scale(1)
    client.wait_for_workers(1, timeout=60)
    print(client.submit(lambda: __import__("os").environ["SLURM_JOB_ID"]).result(timeout=30))
