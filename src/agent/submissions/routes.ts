import type { Hono } from 'hono';
import { submissions } from '../../contract';
import { route } from '../route';
import type { ISubmissions } from './service';

/** Serves everything below `/submissions`. */
export function routeSubmissions(app: Hono, service: ISubmissions): void {
  route(app, submissions.list, async () => ({ submissions: await service.list() }));
  route(app, submissions.preview, body => service.preview(body));
  route(app, submissions.samples, body => service.samples(body));
  route(app, submissions.submit, body => service.submit(body));
  route(app, submissions.read, body => service.read(body));
  route(app, submissions.request, body => service.request(body));
  route(app, submissions.clusters, body => service.clusters(body));
  route(app, submissions.jobs, body => service.jobs(body));
  route(app, submissions.reconcile, body => service.reconcile(body));
  route(app, submissions.resume, body => service.resume(body));
  route(app, submissions.hold, body => service.hold(body));
  route(app, submissions.release, body => service.release(body));
  route(app, submissions.remove, body => service.remove(body));
  route(app, submissions.retry, body => service.retry(body));
  route(app, submissions.fetch, body => service.fetch(body));
  route(app, submissions.readLog, body => service.readLog(body));
  route(app, submissions.alike, body => service.alike(body));
  route(app, submissions.exception, body => service.exception(body));
  route(app, submissions.input, body => service.input(body));
  route(app, submissions.import, body => service.import(body));
  route(app, submissions.audit, body => service.audit(body));
  route(app, submissions.again, body => service.again(body));
  route(app, submissions.forget, body => service.forget(body));
}
