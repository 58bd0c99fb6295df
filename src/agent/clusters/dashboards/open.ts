import type { IConnections } from '../../connections/service';
import type { IFeature, IFeatureWorld } from '../../feature';
import { Dashboards } from './dashboards';
import { Passage } from './passage';
import { routeDashboards } from './routes';

/** Opens the dashboards of an agent; none is known yet. */
export function openDashboards(
  { events }: Pick<IFeatureWorld, 'events'>,
  connections: Pick<IConnections, 'host'>
): Dashboards {
  const after = (ms: number, work: () => void) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  };
  return new Dashboards({ connections, events, after, now: () => new Date() });
}

/** The dashboards as the agent sees them. */
export function dashboardsFeature(dashboards: Dashboards): IFeature {
  const passage = new Passage(ticket => dashboards.byTicket(ticket));
  return {
    name: 'dashboards',
    route: app => routeDashboards(app, dashboards),
    passage,
    get busy() {
      return passage.busy;
    },
    dispose: () => {
      dashboards.dispose();
      passage.dispose();
      return Promise.resolve();
    }
  };
}
