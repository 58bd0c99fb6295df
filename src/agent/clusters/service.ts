import type * as z from 'zod';
import type { Cluster, ClusterPreview, clusters, environments } from '../../contract';

/** What is asked, as the contract has it after its defaults. */
export type ClusterBody<K extends keyof typeof clusters> = z.output<(typeof clusters)[K]['body']>;

/** What is answered, before the contract checks it. */
export type ClusterReply<K extends keyof typeof clusters> = z.input<(typeof clusters)[K]['reply']>;

/** What is asked of environments. */
export type EnvironmentBody<K extends keyof typeof environments> = z.output<
  (typeof environments)[K]['body']
>;

/** What is answered of environments. */
export type EnvironmentReply<K extends keyof typeof environments> = z.input<
  (typeof environments)[K]['reply']
>;

/** The Dask clusters of this user: those that were started here, and those that were found. */
export interface IClusters {
  /** Newest first; looks for others on the open hosts. */
  list(): Promise<Cluster[]>;
  /** Throws what `start` would. */
  preview(request: ClusterBody<'preview'>): Promise<ClusterPreview>;
  /**
   * Answers once the intention is on disk. Throws `conflict` for a name that is taken, `denied` where
   * the site allows no more, `bad-request` for what the backend lacks.
   */
  start(request: ClusterBody<'start'>): Promise<Cluster>;
  /** Asks its supervisor first. Throws `not-found`, as all that take an id. */
  read(id: string): Promise<Cluster>;
  workers(body: ClusterBody<'workers'>): Promise<ClusterReply<'workers'>>;
  jobs(body: ClusterBody<'jobs'>): Promise<ClusterReply<'jobs'>>;
  losses(id: string): Promise<ClusterReply<'losses'>>;
  workerDashboard(body: ClusterBody<'workerDashboard'>): Promise<ClusterReply<'workerDashboard'>>;
  explain(body: ClusterBody<'explain'>): Promise<ClusterReply<'explain'>>;
  /** Throws `conflict` where it does not run, as all that change one. */
  scale(body: ClusterBody<'scale'>): Promise<Cluster>;
  adapt(body: ClusterBody<'adapt'>): Promise<Cluster>;
  stop(id: string): Promise<Cluster>;
  clean(id: string): Promise<Cluster>;
  /** Throws `refused` where no dashboard of Dask answers, and as the connection. */
  add(body: ClusterBody<'add'>): Promise<Cluster>;
  remove(id: string): Promise<void>;
  logs(id: string): Promise<ClusterReply<'logs'>>;
  readLog(body: ClusterBody<'readLog'>): Promise<ClusterReply<'readLog'>>;
  searchLogs(body: ClusterBody<'searchLogs'>): Promise<ClusterReply<'searchLogs'>>;
  client(id: string): Promise<ClusterReply<'client'>>;
  clientCode(body: ClusterBody<'clientCode'>): Promise<ClusterReply<'clientCode'>>;
  /** Throws `conflict` where it does not run, and `unsupported` without bokeh. */
  record(body: ClusterBody<'record'>): Promise<Cluster>;
  /** Throws `conflict` where none was started, or where the cluster ended meanwhile. */
  report(id: string): Promise<ClusterReply<'report'>>;
  readReport(body: ClusterBody<'readReport'>): Promise<ClusterReply<'readReport'>>;
  loopback(body: ClusterBody<'loopback'>): Promise<Cluster>;
  environments(body: EnvironmentBody<'list'>): Promise<EnvironmentReply<'list'>>;
  checkEnvironment(body: EnvironmentBody<'check'>): Promise<EnvironmentReply<'check'>>;
  /** True while something is started; a cluster that runs needs no agent. */
  readonly busy: boolean;
  /** Lets go of all clusters, which go on; the agent is about to end. */
  dispose(): Promise<void>;
}
