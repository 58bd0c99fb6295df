import type { ConnectionProfile } from '../../../contract';

const here = (
  backend: ConnectionProfile['backend'],
  title: string,
  description: string
): ConnectionProfile => ({
  id: backend,
  title,
  description,
  backend,
  host: { kind: 'local' },
  limits: {},
  defaults: {}
});

/** The profiles that come with hepbatch, in the order they are shown. */
export const BUILT_IN: readonly ConnectionProfile[] = [
  here('dask-local', 'Dask on this machine', 'Workers are processes of this machine.'),
  here('vanilla-local', 'Jobs on this machine', 'Jobs are processes of this machine.'),
  here(
    'dask-htcondor',
    'Dask on HTCondor',
    'Workers are jobs of the HTCondor pool of this machine.'
  ),
  here('vanilla-htcondor', 'HTCondor', 'Jobs go to the HTCondor pool of this machine.'),
  here(
    'dask-lxplus',
    "Dask on CERN's HTCondor",
    'For sessions at CERN (SWAN, LXPLUS): workers are jobs of the CERN batch service.'
  ),
  here(
    'vanilla-lxplus',
    "CERN's HTCondor",
    'For sessions at CERN (SWAN, LXPLUS): jobs go to the CERN batch service.'
  ),
  here('dask-slurm', 'Dask on Slurm', 'Workers are jobs of the Slurm cluster of this machine.'),
  here('vanilla-slurm', 'Slurm', 'Jobs go to the Slurm cluster of this machine.'),
  {
    id: 'lxplus',
    title: 'LXPLUS',
    description: 'From anywhere: jobs go to the CERN batch service through a login to LXPLUS.',
    backend: 'vanilla-lxplus',
    host: {
      kind: 'ssh',
      destination: 'lxplus.cern.ch',
      user: null,
      port: null,
      jump: null,
      client: 'auto'
    },
    limits: {},
    defaults: {}
  }
];
