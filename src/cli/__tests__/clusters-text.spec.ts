import { expect, it } from 'vitest';
import { Cluster } from '../../contract';
import { clustersText, clusterText } from '../clusters-text';

const cluster = (loopback: string | null) =>
  Cluster.parse({
    id: 'c-1',
    name: 'far',
    connection: 'naf',
    backend: 'dask-htcondor',
    origin: 'ours',
    state: 'running',
    can: ['stop', 'loopback'],
    mode: { kind: 'fixed', workers: 2 },
    scheduler: {
      address: 'tls://10.0.0.7:8786',
      tls: true,
      host: 'wgs1',
      dashboard: null,
      loopback
    },
    workers: null,
    jobs: [],
    jobsFailure: null,
    summary: '2 workers',
    why: [],
    warnings: [],
    losses: { count: 0, newest: null },
    options: {},
    interpreter: null,
    host: 'wgs1',
    folder: null,
    failure: null,
    startedAt: null,
    endedAt: null,
    stopsAt: null,
    recordingSince: null,
    heardAt: null
  });

it('names the port of this machine that is open for clients, and none otherwise', () => {
  const line = 'client port open on this machine: tls://127.0.0.1:40123\n';
  const open = cluster('tls://127.0.0.1:40123');
  expect(clustersText([open])).toContain(`    ${line}`);
  expect(clusterText(open)).toContain(line);
  expect(clustersText([cluster(null)])).not.toContain('port open');
});
