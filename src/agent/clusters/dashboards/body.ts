import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { toFailure } from '../../../contract';
import type { Entry } from './entry';
import { exchange } from './exchange';
import { isInfoPage, mendInfoPage } from './info-page';
import { relativeLocation } from './location';
import { awayNotice, leadsOutNotice } from './notice';
import type { INotice } from './notice';
import type { IRest } from './rest';

/** What a dashboard may hear of a browser. Never a cookie, a key, or where it comes from. */
const TO_DASHBOARD = ['accept', 'accept-language', 'accept-encoding'] as const;

/** What a browser may hear of a dashboard; what to do with it, the Jupyter server says. */
const TO_BROWSER = ['content-type', 'content-length', 'content-encoding'] as const;

/** A page may be long in the making where the scheduler is busy. */
const TIMEOUT_MS = 60_000;

/**
 * Passes on one request and its answer, no faster than the browser reads. Resolves with a page to
 * show instead, while nothing was answered yet. Never rejects.
 */
export async function passBody(
  entry: Entry,
  request: IncomingMessage,
  rest: IRest,
  response: ServerResponse
): Promise<INotice | null> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  response.once('close', abort);
  entry.signal.addEventListener('abort', abort, { once: true });
  try {
    return await pass(entry, request, rest, response, stop.signal);
  } catch (error) {
    if (response.headersSent || stop.signal.aborted) {
      response.destroy(); // so that nobody takes what has come for the whole
      return null;
    }
    entry.missed(error);
    return awayNotice(toFailure(error));
  } finally {
    entry.signal.removeEventListener('abort', abort);
  }
}

async function pass(
  entry: Entry,
  request: IncomingMessage,
  { path, query }: IRest,
  response: ServerResponse,
  signal: AbortSignal
): Promise<INotice | null> {
  const { way } = entry;
  const isMended = isInfoPage(path);
  const headers: OutgoingHttpHeaders = pick(request.headers, TO_DASHBOARD);
  if (isMended) {
    headers['accept-encoding'] = 'identity';
  }
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const asked = {
    method,
    path: `/${path}${query}`,
    headers,
    signal,
    timeoutMs: TIMEOUT_MS
  } as const;
  const answer = await exchange(way, asked);
  entry.reached();
  if (answer.kind === 'upgraded') {
    answer.stream.destroy();
    return leadsOutNotice(); // it changed the protocol, and nobody had asked for that
  }
  const said = answer.response;
  const told: OutgoingHttpHeaders = pick(said.headers, TO_BROWSER);
  if (said.headers.location !== undefined) {
    const location = relativeLocation(said.headers.location, {
      name: way.name,
      prefix: way.prefix,
      path
    });
    if (location === null) {
      said.destroy();
      return leadsOutNotice();
    }
    told['location'] = location;
  }
  const isHtml = said.headers['content-type']?.startsWith('text/html') === true;
  if (isMended && isHtml) {
    delete told['content-length'];
  }
  response.writeHead(said.statusCode ?? 502, told);
  await (isMended && isHtml ? pipeline(said, mendInfoPage(), response) : pipeline(said, response));
  return null;
}

function pick(
  headers: IncomingMessage['headers'],
  names: readonly (keyof IncomingMessage['headers'])[]
): OutgoingHttpHeaders {
  return Object.fromEntries(
    names.flatMap(name => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  );
}
