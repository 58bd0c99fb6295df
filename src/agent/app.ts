import { Hono } from 'hono';
import { agent } from '../contract';
import type { AgentInfo } from '../contract';
import type { EventHub } from './events';
import type { IFeature } from './feature';
import type { ILog } from './log';
import { answerError, answerUnknownPath, route, routeEvents } from './route';

/** What the agent is made of. */
export interface IParts {
  readonly info: AgentInfo;
  readonly events: EventHub;
  readonly features: readonly IFeature[];
  readonly log: ILog;
}

/** All that the agent answers; needs no socket. */
export function createApp(parts: IParts): Hono {
  const app = new Hono();
  app.onError(answerError(parts.log));
  app.notFound(answerUnknownPath);
  route(app, agent.info, () => Promise.resolve(parts.info));
  routeEvents(app, parts.events);
  parts.features.forEach(feature => feature.route(app));
  return app;
}
