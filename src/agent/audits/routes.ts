import type { Hono } from 'hono';
import { audits } from '../../contract';
import { route } from '../route';
import type { IAudits } from './service';

/** Serves everything below `/audits`. */
export function routeAudits(app: Hono, service: IAudits): void {
  route(app, audits.list, () => service.list());
  route(app, audits.start, body => service.start(body));
  route(app, audits.read, ({ id }) => service.read(id));
  route(app, audits.cancel, ({ id }) => service.cancel(id));
  route(app, audits.remove, async ({ id }) => {
    await service.remove(id);
    return {};
  });
  route(app, audits.datasets, ({ id }) => service.datasets(id));
  route(app, audits.files, body => service.files(body));
  route(app, audits.chunks, ({ id, dataset, file }) => service.chunks(id, dataset, file));
  route(app, audits.names, body => service.names(body));
  route(app, audits.rows, ({ id, dataset }) => service.rows(id, dataset));
  route(app, audits.export, body => service.export(body));
  route(app, audits.report, ({ id }) => service.report(id));
  route(app, audits.stale, body => service.stale(body));
  route(app, audits.removeStale, body => service.removeStale(body));
}
