import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { ExecEnd, FrameReader } from '../contract';
import type { HostRunResult, IHostProcess } from '../agent/connections/hosts/host';

const NONE = { stdout: '', stderr: '' };

/** A command that runs on a host, through the agent: frames of its answer as streams. */
export class AgentProcess implements IHostProcess {
  constructor(
    private readonly _sent: ClientRequest,
    answer: IncomingMessage
  ) {
    this.stdin = _sent;
    _sent.on('error', () => undefined); // how it ended says why
    this.ended = this._read(answer);
  }

  readonly stdin: NodeJS.WritableStream;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ended: Promise<HostRunResult>;

  /** Who ends the request ends the command. */
  kill(): Promise<void> {
    this._sent.destroy();
    return Promise.resolve();
  }

  private async _read(answer: IncomingMessage): Promise<HostRunResult> {
    const unknown = (reason: string): HostRunResult => ({ end: 'unknown', reason, ...NONE });
    const reader = new FrameReader();
    const closed = new AbortController();
    answer.once('close', () => closed.abort());
    let end: ExecEnd | null = null;
    let why = 'the agent ended';
    try {
      for await (const piece of answer) {
        for (const { kind, bytes } of reader.push(piece as Uint8Array)) {
          if (kind === 'end') {
            end = ExecEnd.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
          } else if (!this[kind].write(bytes)) {
            // When no more comes the rest is not held back.
            await once(this[kind], 'drain', { signal: closed.signal }).catch(() => undefined);
          }
        }
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    this.stdout.end();
    this.stderr.end();
    return end === null ? unknown(why) : { ...end, ...NONE };
  }
}
