import type { IFeature } from '../feature';
import { routeAudits } from './routes';
import type { IAudits } from './service';

/** The audits as the agent sees them. */
export function auditsFeature(audits: IAudits): IFeature {
  return {
    name: 'audits',
    route: app => routeAudits(app, audits),
    get busy() {
      return audits.busy;
    },
    dispose: () => audits.dispose()
  };
}
