import { once } from 'node:events';
import type { Hono } from 'hono';
import * as z from 'zod';
import { EXEC_PATH, ExecRequest, HepbatchError, encodeFrame } from '../../contract';
import type { ExecEnd, IFrame } from '../../contract';
import type { HostRunResult, IHost, IHostProcess } from './hosts/host';

/** The longest first line of a request. */
const HEAD_BYTES = 1024 * 1024;

/** How much of an answer waits here for a client that reads slowly. */
const WAITING_BYTES = 256 * 1024;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Commands on hosts, with their streams. */
export class Exec {
  constructor(private readonly _host: (id: string) => Promise<IHost>) {}

  /** True while a command runs. */
  get busy(): boolean {
    return this._running.size > 0;
  }

  /** Serves commands; see the contract. */
  route(app: Hono): void {
    app.post(EXEC_PATH, async c => {
      const { request, rest, reader } = await readHead(c.req.raw.body);
      const host = await this._host(request.id);
      const where = request.cwd === null ? {} : { cwd: request.cwd };
      const running = await host.start(request.argv, where);
      this._running.add(running);
      void running.ended.then(() => this._running.delete(running));
      void feed(running, rest, reader);
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' };
      return new Response(answerOf(running), { headers });
    });
  }

  /** Ends all commands. */
  async dispose(): Promise<void> {
    await Promise.all([...this._running].map(running => running.kill()));
  }

  private readonly _running = new Set<IHostProcess>();
}

async function readHead(
  body: ReadableStream<Uint8Array> | null
): Promise<{ request: ExecRequest; rest: Uint8Array; reader: Reader | null }> {
  const reader = body?.getReader() ?? null;
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0 && head.length <= HEAD_BYTES) {
    const piece = await reader?.read();
    if (piece?.value === undefined) {
      break;
    }
    head = Buffer.concat([head, piece.value]);
    end = head.indexOf('\n');
  }
  const line = end < 0 ? head : head.subarray(0, end);
  return {
    request: parseHead(line),
    rest: end < 0 ? head.subarray(0, 0) : head.subarray(end + 1),
    reader
  };
}

function parseHead(line: Buffer): ExecRequest {
  const next = 'Send one line of JSON with id and argv first.';
  let said: unknown;
  try {
    said = JSON.parse(line.toString('utf8'));
  } catch (cause) {
    const message = `${EXEC_PATH}: the first line is not JSON: ${String(cause)}`;
    throw new HepbatchError('bad-request', message, { next }, { cause });
  }
  const checked = ExecRequest.safeParse(said);
  if (!checked.success) {
    const message = `${EXEC_PATH}: ${z.prettifyError(checked.error)}`;
    throw new HepbatchError('bad-request', message, { next });
  }
  return checked.data;
}

/** Hands the body of the request to the command, no faster than it reads. */
async function feed({ stdin, ended }: IHostProcess, first: Uint8Array, reader: Reader | null) {
  const over = { is: false };
  const whenOver = ended.then(() => (over.is = true));
  stdin.on('error', () => undefined); // a command may end without reading what it is told
  try {
    let piece: Uint8Array | undefined = first;
    while (piece !== undefined && !over.is) {
      if (piece.length > 0 && !stdin.write(piece)) {
        await Promise.race([once(stdin, 'drain'), whenOver]);
      }
      piece = (await reader?.read())?.value;
    }
  } catch {
    // the client is gone, or the command is: both are told by the answer
  }
  stdin.end();
}

function answerOf(running: IHostProcess): ReadableStream<Uint8Array> {
  let resume: () => void = () => undefined;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      start: controller => {
        const send = (frame: IFrame) => {
          if (!isCancelled) {
            controller.enqueue(encodeFrame(frame));
          }
        };
        const hasRoom = async () => {
          while (!isCancelled && (controller.desiredSize ?? 0) <= 0) {
            await new Promise<void>(done => (resume = done));
          }
        };
        void pump(running, send, hasRoom).then(() => {
          if (!isCancelled) {
            controller.close();
          }
        });
      },
      pull: () => resume(),
      cancel: async () => {
        isCancelled = true;
        resume();
        await running.kill();
      }
    },
    { highWaterMark: WAITING_BYTES, size: chunk => chunk.length }
  );
}

async function pump(
  { stdout, stderr, ended }: IHostProcess,
  send: (frame: IFrame) => void,
  hasRoom: () => Promise<void>
): Promise<void> {
  const read = async (kind: 'stdout' | 'stderr', stream: NodeJS.ReadableStream) => {
    try {
      for await (const chunk of stream) {
        send({ kind, bytes: typeof chunk === 'string' ? Buffer.from(chunk) : chunk });
        await hasRoom();
      }
    } catch {
      // cut off; how it ended says why
    }
  };
  const both = Promise.all([read('stdout', stdout), read('stderr', stderr)]);
  const result = await ended;
  if (result.end !== 'unknown') {
    await both;
  }
  send({ kind: 'end', bytes: Buffer.from(JSON.stringify(endOf(result))) });
}

function endOf(result: HostRunResult): ExecEnd {
  switch (result.end) {
    case 'exited':
      return { end: 'exited', code: result.code };
    case 'signal':
      return { end: 'signal', signal: result.signal };
    case 'not-started':
      return { end: 'not-started', message: result.message };
    case 'unknown':
      return { end: 'unknown', reason: result.reason };
    default:
      return { end: 'unknown', reason: `it was ended: ${result.end}` };
  }
}
