/** Real dashboards of an agent in this process; what the Jupyter server does itself is done here. */
import { openDashboards, dashboardsFeature } from '../../../../agent/clusters/dashboards/open';
import { connectionsFeature } from '../../../../agent/connections/open';
import { dashboards } from '../../../../contract';
import type { Call } from '../../../../contract';
import { served } from '../../../__tests__/real-agent';
import { serverCall } from '../../../agent';
import { openRealConnections } from '../../../connections/__tests__/real-connections';
import { DashboardsModel } from '../model';

/** Such an agent, a model of its dashboards, and the paths that were opened and not closed. */
export function openRealDashboards() {
  const real = openRealConnections();
  const known = openDashboards({ events: real.events }, real.connections);
  const feature = dashboardsFeature(known);
  const agent = served(real.events, [connectionsFeature(real), feature]);
  const straight = serverCall(agent.settings);
  const granted = new Set<string>();
  const kept: string[] = [];
  let count = 0;
  let meanwhile: () => Promise<void> = () => Promise.resolve();
  const call: Call = async (endpoint, body) => {
    if (endpoint.path === dashboards.open.path) {
      const { id } = dashboards.open.body.parse(body);
      await straight(dashboards.ticket, { id });
      count += 1;
      const path = `/lab/hepbatch/dash/${id}/${String(count).padStart(43, 'a')}/`;
      granted.add(path);
      await meanwhile();
      return endpoint.reply.parse({ path });
    }
    if (endpoint.path === dashboards.close.path) {
      granted.delete(dashboards.close.body.parse(body).path);
      return endpoint.reply.parse({});
    }
    if (endpoint.path === dashboards.keep.path) {
      const { path } = dashboards.keep.body.parse(body);
      kept.push(path);
      return endpoint.reply.parse({ kept: granted.has(path) });
    }
    return straight(endpoint, body);
  };
  const model = new DashboardsModel(call, real.heard);
  return {
    call,
    heard: real.heard,
    model,
    granted,
    /** The paths that were asked to be kept, in order. */
    kept,
    /** What happens while each new path is on its way. */
    whileOpening: (happen: () => Promise<void>) => (meanwhile = happen),
    known,
    dispose: async () => {
      model.dispose();
      await feature.dispose();
      await real.connections.dispose();
    }
  };
}
