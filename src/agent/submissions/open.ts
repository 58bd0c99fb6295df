import type { Hono } from 'hono';
import { submissions } from '../../contract';
import { userEnvironment } from '../connections/hosts/open';
import type { IConnections } from '../connections/service';
import type { IFeature, IFeatureWorld } from '../feature';
import { route } from '../route';
import { preview } from './preview';
import type { ISubmissions } from './service';

/** Opens the submissions of this user. */
export function openSubmissions(
  { env, home }: Pick<IFeatureWorld, 'env' | 'home'>,
  connections: Pick<IConnections, 'host' | 'read' | 'probe'>
): ISubmissions {
  const world = { env: userEnvironment(env), home, connections, now: () => new Date() };
  return { preview: body => preview(body, world) };
}

/** The submissions as the agent sees them; nothing of them outlives a question yet. */
export function submissionsFeature(service: ISubmissions): IFeature {
  return {
    name: 'submissions',
    route: (app: Hono) => route(app, submissions.preview, body => service.preview(body)),
    busy: false,
    dispose: () => Promise.resolve()
  };
}
