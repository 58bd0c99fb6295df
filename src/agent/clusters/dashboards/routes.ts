import type { Hono } from 'hono';
import { HepbatchError, dashboards } from '../../../contract';
import { route } from '../../route';
import type { Dashboards } from './dashboards';

/** Serves everything below `/dashboards`. */
export function routeDashboards(app: Hono, known: Dashboards): void {
  route(app, dashboards.list, () => Promise.resolve({ dashboards: known.list() }));
  route(app, dashboards.read, ({ id }) => known.read(id));
  route(app, dashboards.add, ({ connection, address }) => known.add(connection, address));
  route(app, dashboards.remove, ({ id }) => {
    known.remove(id);
    return Promise.resolve({});
  });
  route(app, dashboards.workers, async ({ id }) => ({ workers: await known.workers(id) }));
  route(app, dashboards.worker, ({ id, address }) => known.worker(id, address));
  route(app, dashboards.ticket, ({ id }) => Promise.resolve({ ticket: known.ticket(id) }));
  route(app, dashboards.open, onlyByJupyter);
  route(app, dashboards.close, onlyByJupyter);
  route(app, dashboards.keep, onlyByJupyter);
}

/** Where the relay of an older Jupyter extension, or a kernel, asks for what it has to do itself. */
function onlyByJupyter(): Promise<never> {
  const message = 'The address of a dashboard is granted by the Jupyter server, not by the agent.';
  const next = 'Open it in JupyterLab, and restart the Jupyter server if hepbatch was updated.';
  return Promise.reject(new HepbatchError('unsupported', message, { next }));
}
