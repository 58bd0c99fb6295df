import type { Hono } from 'hono';
import { clusters, environments } from '../../contract';
import { route } from '../route';
import type { IClusters } from './service';

/** Serves everything below `/clusters` and `/environments`. */
export function routeClusters(app: Hono, service: IClusters): void {
  route(app, clusters.list, async () => ({ clusters: await service.list() }));
  route(app, clusters.preview, body => service.preview(body));
  route(app, clusters.start, body => service.start(body));
  route(app, clusters.read, ({ id }) => service.read(id));
  route(app, clusters.workers, body => service.workers(body));
  route(app, clusters.jobs, body => service.jobs(body));
  route(app, clusters.losses, ({ id }) => service.losses(id));
  route(app, clusters.workerDashboard, body => service.workerDashboard(body));
  route(app, clusters.explain, body => service.explain(body));
  route(app, clusters.scale, body => service.scale(body));
  route(app, clusters.adapt, body => service.adapt(body));
  route(app, clusters.stop, ({ id }) => service.stop(id));
  route(app, clusters.clean, ({ id }) => service.clean(id));
  route(app, clusters.remove, async ({ id }) => {
    await service.remove(id);
    return {};
  });
  route(app, clusters.add, body => service.add(body));
  route(app, clusters.logs, ({ id }) => service.logs(id));
  route(app, clusters.readLog, body => service.readLog(body));
  route(app, clusters.searchLogs, body => service.searchLogs(body));
  route(app, clusters.client, ({ id }) => service.client(id));
  route(app, clusters.clientCode, body => service.clientCode(body));
  route(app, clusters.record, body => service.record(body));
  route(app, clusters.report, ({ id }) => service.report(id));
  route(app, clusters.readReport, body => service.readReport(body));
  route(app, clusters.loopback, body => service.loopback(body));
  route(app, environments.list, body => service.environments(body));
  route(app, environments.check, body => service.checkEnvironment(body));
}
