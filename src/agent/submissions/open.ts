import { join } from 'node:path';
import type { Hono } from 'hono';
import { userEnvironment } from '../connections/hosts/open';
import type { IConnections } from '../connections/service';
import type { IFeature, IFeatureWorld } from '../feature';

import { Environments } from './prepare/environment';
import { Schedulers } from './reach';
import { routeSubmissions } from './routes';
import type { ISubmissions } from './service';
import { SubmissionStore } from './store';
import { Submissions } from './submissions';
import { waitForHost } from './wait-for-host';

/** Where the package has its part for local jobs, seen from the bundle that Node runs. */
const LOCAL_JOBS = join(__dirname, '..', 'local_jobs.py');

/** A command whose line broke may go on for so long on its host; HEPBATCH_GRACE_SECONDS changes it. */
const GRACE_SECONDS = 120;

/** What submissions need beside the world of each feature. */
export interface ISubmissionsNeighbours {
  readonly connections: Pick<IConnections, 'host' | 'read' | 'probe'>;
  /** HEPBATCH_LOCAL_JOBS names it for a bundle that lies elsewhere. */
  readonly localJobs?: string;
  readonly graceMs?: number;
}

/** Opens the submissions of this user, and goes on with those that earlier agents began. */
export function openSubmissions(
  { env, home, folders, events, log }: IFeatureWorld,
  {
    connections,
    localJobs = env['HEPBATCH_LOCAL_JOBS'] ?? LOCAL_JOBS,
    graceMs = 1000 * (Number(env['HEPBATCH_GRACE_SECONDS']) || GRACE_SECONDS)
  }: ISubmissionsNeighbours
): Promise<ISubmissions> {
  const now = () => new Date();
  return Submissions.open({
    planning: {
      env: userEnvironment(env),
      home,
      connections,
      now,
      environments: new Environments(now)
    },
    schedulers: new Schedulers(localJobs),
    store: new SubmissionStore(folders.state, log),
    ...{ events, log, graceMs },
    waitForHost: (connection, signal) => waitForHost(events, connection, signal)
  });
}

/** The submissions as the agent sees them. */
export function submissionsFeature(submissions: ISubmissions): IFeature {
  return {
    name: 'submissions',
    route: (app: Hono) => routeSubmissions(app, submissions),
    get busy() {
      return submissions.busy;
    },
    dispose: () => submissions.dispose()
  };
}
