/** A widget model whose kernel passes questions on to an agent in this process. */
import type { AgentEvent } from '../../contract';
import type { CommModel } from '../comm-model';

/** What a kernel passes questions on to. */
export interface IPassedOnTo {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

/** What the base classes need of a manager and a comm, which is not in their types. */
export function modelOf<M extends CommModel>(
  make: new (traits: object, given: never) => M,
  app: IPassedOnTo,
  traits: object = {}
) {
  const tell = (content: unknown) => {
    model.trigger('msg:custom', content);
  };
  const comm = {
    comm_id: 'c',
    target_name: 'jupyter.widget',
    on_msg: () => undefined,
    on_close: () => undefined,
    close: () => '',
    send: (data: { content: { id: number; method: string; path: string; body: unknown } }) => {
      const { id, method, path, body } = data.content;
      void (async () => {
        const init = method === 'GET' ? {} : { method, body: JSON.stringify(body) };
        const response = await app.request(path, init);
        const said: unknown = await response.json();
        tell({ kind: 'answer', id, status: response.status, body: said });
      })();
      return '';
    }
  };
  const given: unknown = { model_id: 'm', comm, widget_manager: {} };
  const model: M = new make(traits, given as never);
  return { model, event: (told: AgentEvent) => tell({ kind: 'event', event: told }) };
}
