"""The supervisor: one detached process for each Dask cluster, outliving Jupyter and the agent.

It runs in the Python that the user picked, here or on another host, and therefore needs nothing
but the standard library, Dask, and where there are jobs dask-jobqueue or dask-lxplus. This folder
can be run as it is; ``python supervisor bundle`` writes it as one file that can be copied to
another host::

    python supervisor start   < request.json    # detaches, and says a line once it can be asked
    python supervisor preview < request.json    # the exact job script; starts nothing
    python supervisor check                     # what this interpreter has
    python supervisor clean   < record.json     # {"record": path}: after a supervisor that is gone

Each says one line of JSON, and ends with status 1 where that is a failure. Afterwards everything
goes over a unix socket that only its user can enter. ``src/contract/supervisor.ts`` has all that
is said.

What keeps others out. Scheduler and workers speak TLS with a certificate of the cluster's own,
since whoever reaches a scheduler without it can run programs as the user. The dashboard asks
nobody who he is, and lets whoever reaches it retire workers; on a login node everybody reaches
127.0.0.1. So pages of the scheduler, and of workers on this machine, are on sockets of mode 0600
and on no port, unless the request says so. Workers in batch jobs show their pages on a port of
their node, as Dask does.

What it leaves. A cluster that was stopped leaves its logs and nothing else. Batch jobs carry a
stamp (``HepbatchCluster`` of HTCondor, the comment of Slurm) by which they are found and removed,
also after the supervisor was killed; workers that lose their scheduler end by themselves.
"""
