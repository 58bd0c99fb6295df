import type { Hono } from 'hono';
import { connections, prompts } from '../../contract';
import { route } from '../route';
import type { Prompts } from './prompts';
import type { IConnections } from './service';

/** Serves everything below `/connections`. */
export function routeConnections(app: Hono, service: IConnections): void {
  route(app, connections.list, () => service.list());
  route(app, connections.read, ({ id }) => service.read(id));
  route(app, connections.open, ({ id }) => service.open(id));
  route(app, connections.close, ({ id }) => service.close(id));
  route(app, connections.probe, ({ id }) => service.probe(id));
  route(app, connections.aliases, async () => ({ aliases: await service.aliases() }));
  route(app, connections.save, body => service.save(body));
  route(app, connections.remove, async ({ id }) => {
    await service.remove(id);
    return {};
  });
  route(app, connections.test, body => service.test(body));
  route(app, connections.readTest, ({ id }) => service.readTest(id));
  route(app, connections.cancelTest, ({ id }) => service.cancelTest(id));
  route(app, connections.ticket, body => service.ticket(body));
  route(app, connections.proxy, body => service.proxy(body));
  route(app, connections.folder, body => service.folder(body));
}

/** Serves everything below `/prompts`. */
export function routePrompts(app: Hono, asked: Prompts): void {
  route(app, prompts.list, () => Promise.resolve({ prompts: asked.list() }));
  route(app, prompts.answer, ({ id, answer }) => {
    asked.answer(id, answer);
    return Promise.resolve({});
  });
  route(app, prompts.cancel, ({ id }) => {
    asked.cancel(id);
    return Promise.resolve({});
  });
}
