import * as z from 'zod';
import { ConnectionId } from './connections';
import { get, post } from './endpoint';

/** Name of a dashboard in addresses; never where it is. */
export const DashboardId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'is no id of a dashboard');

/** Something that a dashboard can show: a whole page, or a single plot. */
export const DashboardPage = z.object({
  title: z.string(),
  path: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/)
    .meta({ description: 'Relative to the address of the dashboard' }),
  kind: z.enum(['page', 'plot'])
});
export type DashboardPage = z.infer<typeof DashboardPage>;

/** The dashboard of a Dask scheduler or worker, as the agent reaches it through a connection. */
export const Dashboard = z.object({
  id: DashboardId,
  title: z.string().meta({ description: 'Words of others: data, never markup' }),
  kind: z.enum(['scheduler', 'worker']),
  origin: z
    .enum(['cluster', 'pasted'])
    .meta({ description: 'Of a cluster started by hepbatch, or an address the user gave' }),
  of: DashboardId.nullable().meta({
    description: 'For a worker: the dashboard of its scheduler, with which it goes'
  }),
  connection: ConnectionId,
  address: z.string().meta({ description: 'For show only, such as 127.0.0.1:8787' }),
  state: z
    .enum(['unknown', 'up', 'away'])
    .meta({ description: 'As last seen; while away it is looked for again and again' }),
  reason: z.string().nullable().meta({ description: 'Why it is away' }),
  checkedAt: z.iso.datetime().nullable(),
  pages: z.array(DashboardPage).meta({ description: 'As last seen; kept while away' })
});
export type Dashboard = z.infer<typeof Dashboard>;

/** A worker that a scheduler knows. */
export const DashboardWorker = z.object({
  address: z.string().meta({ description: 'As Dask has it, such as tls://10.0.0.7:43211' }),
  name: z.string(),
  dashboard: z.boolean().meta({ description: 'Whether it has one' })
});
export type DashboardWorker = z.infer<typeof DashboardWorker>;

const Id = z.object({ id: DashboardId });

/** Path of an opened dashboard in the Jupyter server; what is in it lies relative to it. */
const FramePath = z.string().regex(/^\/([^\s?#]*\/)?hepbatch\/dash\/[^\s/?#]+\/[\w-]{43}\/$/);

export const dashboards = {
  list: get('/dashboards', z.object({ dashboards: z.array(Dashboard) })),
  /** Looks whether it is there, and what it can show. */
  read: post('/dashboards/read', Id, Dashboard),
  /** Names a dashboard that runs where an open connection leads; lives as long as the agent. */
  add: post(
    '/dashboards/add',
    z.object({
      connection: ConnectionId,
      address: z.string().min(1).max(500).meta({
        title: 'Address',
        description: 'host:port or http://host:port/status, as seen from that host'
      })
    }),
    Dashboard
  ),
  /** Forgets one that was added. */
  remove: post('/dashboards/remove', Id, z.object({})),
  /** The workers of a scheduler, by its own words. */
  workers: post('/dashboards/workers', Id, z.object({ workers: z.array(DashboardWorker) })),
  /** Names the dashboard of one of these workers. */
  worker: post('/dashboards/worker', Id.extend({ address: z.string().min(1).max(200) }), Dashboard),
  /**
   * Answered by the Jupyter server: a path that shows the dashboard to whoever knows it, for one
   * frame with `sandbox="allow-scripts"` and nothing else.
   */
  open: post('/dashboards/open', Id, z.object({ path: FramePath })),
  /** Answered by the Jupyter server: that path leads nowhere from now on. */
  close: post('/dashboards/close', z.object({ path: FramePath }), z.object({})),
  /** Answered by the Jupyter server: whether that path is good, which it is for an hour from now. */
  keep: post('/dashboards/keep', z.object({ path: FramePath }), z.object({ kept: z.boolean() })),
  /** For the Jupyter server alone: what it calls the dashboard on the socket of the agent. */
  ticket: post('/dashboards/ticket', Id, z.object({ ticket: z.string() }))
};
