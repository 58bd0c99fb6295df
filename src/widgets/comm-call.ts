import * as z from 'zod';
import { clusters, connections, Failure, HepbatchError } from '../contract';
import type { Call } from '../contract';

/** How long a kernel may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** The same for what waits for somebody who types a password, three times at worst, or for a cluster. */
const LONG_PATIENCE = 420_000;

const LONG: ReadonlySet<string> = new Set(
  [
    connections.ticket,
    connections.proxy,
    clusters.preview,
    clusters.start,
    clusters.scale,
    clusters.adapt,
    clusters.clean
  ].map(({ path }) => path)
);

const Answer = z.object({
  kind: z.literal('answer'),
  id: z.int(),
  status: z.int(),
  body: z.unknown()
});

const Ask = z.object({
  kind: z.literal('ask'),
  id: z.int(),
  method: z.enum(['GET', 'POST']),
  path: z.string(),
  body: z.json()
});
/** What goes to the kernel; a question without a body has null there. */
export type IAsk = z.infer<typeof Ask>;

/** The road through a kernel: questions and answers are messages of a widget's comm. */
export class CommCall {
  constructor(
    private readonly _send: (ask: IAsk) => void,
    private readonly _patience = PATIENCE
  ) {}

  readonly call: Call = async ({ method, path, reply }, body) => {
    const { status, body: said } = await this._ask(method, path, body);
    const answer = reply.safeParse(said);
    if (status < 400 && answer.success) {
      return answer.data;
    }
    const told = Failure.safeParse(said);
    if (told.success) {
      throw new HepbatchError(told.data.code, told.data.message, told.data.data);
    }
    const code = method === 'GET' ? 'unreachable' : 'unknown-outcome';
    throw new HepbatchError(code, `${method} ${path}: status ${status}, not from the agent`, {
      next: 'Use the same version of hepbatch in the kernel and in JupyterLab, then try again.'
    });
  };

  /** Takes a message of the kernel; what is no answer is passed over. */
  take(message: unknown): void {
    const answer = Answer.safeParse(message);
    if (answer.success) {
      this._waiting.get(answer.data.id)?.resolve(answer.data);
    }
  }

  /** Nobody answers any more. */
  dispose(): void {
    for (const { reject } of this._waiting.values()) {
      reject(gone('The widget was closed before the kernel answered.'));
    }
  }

  private async _ask(
    method: 'GET' | 'POST',
    path: string,
    body: unknown
  ): Promise<z.infer<typeof Answer>> {
    this._last += 1;
    const id = this._last;
    const patience = LONG.has(path) ? LONG_PATIENCE : this._patience;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this._waiting.set(id, { resolve, reject });
        timer = setTimeout(() => {
          const seconds = Math.round(patience / 1000);
          reject(
            gone(`${path}: the kernel did not answer within ${seconds} s; it is busy or gone.`)
          );
        }, patience);
        this._send(Ask.parse({ kind: 'ask', id, method, path, body: body ?? null }));
      });
    } finally {
      clearTimeout(timer);
      this._waiting.delete(id);
    }
  }

  private _last = 0;
  private readonly _waiting = new Map<
    number,
    {
      readonly resolve: (answer: z.infer<typeof Answer>) => void;
      readonly reject: (error: HepbatchError) => void;
    }
  >();
}

function gone(message: string): HepbatchError {
  return new HepbatchError('timed-out', message, {
    next: 'Wait until the kernel is idle, or restart it and run the cell again.'
  });
}
