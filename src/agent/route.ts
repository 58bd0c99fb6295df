import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { EVENTS_PATH, HepbatchError, STATUS, toFailure } from '../contract';
import type { AgentEvent, IEndpoint } from '../contract';
import type { EventHub, ISubscription } from './events';
import type { ILog } from './log';

/** The largest body of a request, in bytes. */
const MAX_BODY = 64 * 1024 * 1024;

/** How often a silent event stream shows that it lives, so that no relay gives it up. */
const HEARTBEAT_MS = 15_000;

/** Serves one endpoint: checks what comes in, runs, checks what goes out. */
export function route<B extends z.ZodType, R extends z.ZodType>(
  app: Hono,
  { method, path, body, reply }: IEndpoint<B, R>,
  run: (body: z.output<B>) => Promise<z.input<R>>
): void {
  app.on(method, path, limitBody, async c => {
    const sent: unknown = method === 'GET' ? undefined : await readJson(c);
    const checked = body.safeParse(sent);
    if (!checked.success) {
      const message = `${path}: ${z.prettifyError(checked.error)}`;
      throw new HepbatchError('bad-request', message, { next: 'Correct the named fields.' });
    }
    return Response.json(reply.parse(await run(checked.data)));
  });
}

/** Serves the event stream of the hub; `heartbeatMs` is for tests. */
export function routeEvents(app: Hono, hub: EventHub, heartbeatMs = HEARTBEAT_MS): void {
  app.get(EVENTS_PATH, c => {
    // A browser that comes back by itself names the last message in a header, not in the address.
    const since = parseSince(c.req.header('last-event-id') ?? c.req.query('since'));
    return new Response(eventStream(hub, since, heartbeatMs), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no'
      }
    });
  });
}

/** The only place that turns an error into an answer. */
export function answerError(log: ILog): (error: Error, c: Context) => Response {
  return (error, c) => {
    const failure = toFailure(error);
    if (failure.code === 'internal') {
      failure.message = `${c.req.method} ${c.req.path}: ${failure.message}`;
      log.error(`${c.req.method} ${c.req.path}`, error);
    }
    return Response.json(failure, { status: STATUS[failure.code] });
  };
}

/** The answer to a path that no feature serves. */
export function answerUnknownPath(c: Context): Response {
  const message = `${c.req.method} ${c.req.path}: the agent has no such path`;
  const next = 'Update hepbatch where this was asked from, or restart the agent.';
  const failure = new HepbatchError('not-found', message, { next }).toFailure();
  return Response.json(failure, { status: STATUS[failure.code] });
}

const limitBody = bodyLimit({
  maxSize: MAX_BODY,
  onError: c => {
    const message = `${c.req.path}: the body is larger than ${MAX_BODY} bytes`;
    throw new HepbatchError('bad-request', message, { next: 'Name a file instead of sending it.' });
  }
});

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    const message = `${c.req.path}: the body is not JSON: ${String(cause)}`;
    throw new HepbatchError('bad-request', message, { next: 'Send a JSON body.' }, { cause });
  }
}

function parseSince(since: string | undefined): number | null {
  if (since === undefined || since === '') {
    return null;
  }
  const sequence = Number(since);
  if (!/^\d+$/.test(since) || !Number.isSafeInteger(sequence)) {
    const message = `${EVENTS_PATH}: since = ${JSON.stringify(since)} is no sequence number`;
    throw new HepbatchError('bad-request', message, { next: 'Ask without since.' });
  }
  return sequence;
}

/**
 * The messages as server-sent events. A client that reads slowly makes nothing grow here: while
 * its stream is full the hub hands nothing over, and later what is still in the ring.
 */
function eventStream(
  hub: EventHub,
  since: number | null,
  heartbeatMs: number
): ReadableStream<Uint8Array> {
  let subscription: ISubscription | null = null;
  let heartbeat: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(heartbeat);
    subscription?.dispose();
  };
  return new ReadableStream<Uint8Array>({
    start: controller => {
      const hasRoom = () => (controller.desiredSize ?? 0) > 0;
      const end = () => {
        stop();
        controller.close();
      };
      // Makes the answer begin at once, and tells a newcomer from where to ask when it comes back.
      controller.enqueue(encode(`id: ${since ?? hub.newest}\n\n`));
      const send = (event: AgentEvent) => {
        controller.enqueue(encode(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`));
        return hasRoom();
      };
      subscription = hub.subscribe(since, send, end);
      heartbeat = setInterval(() => {
        if (hasRoom()) {
          controller.enqueue(encode(':\n\n'));
        }
      }, heartbeatMs).unref();
    },
    pull: () => subscription?.resume(),
    cancel: stop
  });
}

const encoder = new TextEncoder();
const encode = (text: string) => encoder.encode(text);
