import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { EVENTS_PATH, Failure, HepbatchError } from '../contract';
import type { Call, FailureCode } from '../contract';

/** Where the relay of the Jupyter server listens, below its base URL. */
const API = 'hepbatch/api';

/** The road through the Jupyter server; only this file talks to the agent. */
export function serverCall(settings: ServerConnection.ISettings): Call {
  return async ({ method, path, reply }, body) => {
    const url = URLExt.join(settings.baseUrl, API, path);
    const init = method === 'GET' ? {} : { method, body: JSON.stringify(body) };
    const response = await ServerConnection.makeRequest(url, init, settings).catch(() => null);
    const said: unknown = await response?.json().catch(() => null);
    const answer = reply.safeParse(said);
    if (response?.ok && answer.success) {
      return answer.data;
    }
    // Unless the agent refused by itself, a POST may have been done.
    throw explain(response, said, `${method} ${path}`, method === 'POST');
  };
}

/** Opens the event stream; `since` is the sequence of the last message that was heard. */
export function serverEvents(
  settings: ServerConnection.ISettings
): (since: string | null, signal: AbortSignal) => Promise<Response> {
  return async (since, signal) => {
    const query = since === null ? '' : `?since=${encodeURIComponent(since)}`;
    const url = URLExt.join(settings.baseUrl, API, EVENTS_PATH) + query;
    const init = { signal, headers: { Accept: 'text/event-stream' } };
    const response = await ServerConnection.makeRequest(url, init, settings).catch(() => null);
    if (response?.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) {
      return response;
    }
    const said: unknown = await response?.json().catch(() => null);
    throw explain(response, said, `GET ${EVENTS_PATH}`, false);
  };
}

function explain(
  response: Response | null,
  said: unknown,
  asked: string,
  mayBeDone: boolean
): HepbatchError {
  const told = Failure.safeParse(said);
  if (told.success) {
    return new HepbatchError(told.data.code, told.data.message, told.data.data);
  }
  if (response === null) {
    return new HepbatchError(
      mayBeDone ? 'unknown-outcome' : 'unreachable',
      `${asked}: the Jupyter server did not answer`,
      { next: 'Check that the Jupyter server runs and that you are online, then try again.' }
    );
  }
  const status = response.status;
  if (status === 404 || status === 405) {
    return new HepbatchError(
      'unsupported',
      `${asked}: the Jupyter server does not know hepbatch (status ${status})`,
      {
        next: 'Install hepbatch into the environment of the Jupyter server, or run "jupyter server extension enable hepbatch" there, and restart the server.'
      }
    );
  }
  if (status === 401 || status === 403 || response.redirected) {
    return new HepbatchError('denied', `${asked}: the Jupyter server refused (status ${status})`, {
      next: 'Log in again by reloading the page; if it stays so, you may not use hepbatch on this server.'
    });
  }
  // Not our agent's words: a hub's HTML, a broken line.
  const code: FailureCode = mayBeDone ? 'unknown-outcome' : 'unreachable';
  return new HepbatchError(code, `${asked}: status ${status}, and not from the agent`, {
    next: 'Try again; if it stays so, the log of the Jupyter server tells more.'
  });
}
