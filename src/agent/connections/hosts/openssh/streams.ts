import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../../../contract';
import { endGroup, run, spawnGroup } from '../../../run';
import type { Environment } from '../../../run';
import { nameTarget, streamError } from '../local-stream';
import type { StreamTarget } from '../host';
import { forwardArgv, streamArgv } from './arguments';
import type { IOpenssh } from './arguments';
import { lastWords } from './failure';
import type { Master } from './master';
import { MuxStream } from './mux-stream';
import type { Check } from './mux-stream';

/** What a stream through the master needs. */
export interface IStreamWorld {
  readonly ssh: IOpenssh;
  readonly env: Environment;
  readonly folder: string;
  readonly title: string;
  readonly master: Master;
  readonly check: Check;
  /** How long the host may take to refuse a stream. */
  refusalMs(): number;
}

/** What ssh says with -v when the host has connected. */
const OPENED = /master session id: \d+/;

/** What the master says when it has not. */
const FAILED = /open failed: (.*)$/m;

/** A host that does not answer at all is given up, as on this machine. */
const TIMEOUT_MS = 30_000;

/** How long the master may take to say why. */
const PATIENCE_MS = 200;

/** Streams from a host to ports and sockets that it reaches. */
export class StreamOpener {
  constructor(private readonly _world: IStreamWorld) {}

  /** As IHost has it. */
  async open(target: StreamTarget): Promise<Duplex> {
    const heard = this._world.master.heard;
    const stream =
      'port' in target
        ? await this._toPort(target.host, target.port)
        : await this._toSocket(target.socketPath);
    if (stream !== null) {
      return stream;
    }
    const lost = await this._world.check();
    throw lost ?? (await this._failure(target, heard));
  }

  /** By a process of ssh, which says when the port has answered; null where it has not. */
  private async _toPort(host: string, port: number): Promise<Duplex | null> {
    if (!/^[\p{L}\p{N}._:%-]+$/u.test(host) || host.startsWith('-')) {
      throw new HepbatchError('bad-request', `${JSON.stringify(host)} is no name of a host`, {
        next: 'Give a name or an address.'
      });
    }
    const { ssh, env, check } = this._world;
    const child = spawnGroup(streamArgv(ssh, host, port), { env, cwd: '/' });
    const destroy = () => void endGroup(child.pid);
    child.once('close', destroy); // forgets it
    // Read from the first moment: Node throws away what nobody reads when a process ends.
    const stream = new MuxStream({ readable: child.stdout, writable: child.stdin, destroy }, check);
    const isOpen = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(false), TIMEOUT_MS);
      const tell = (is: boolean) => {
        clearTimeout(timer);
        resolve(is);
      };
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (OPENED.test(said)) {
          tell(true);
        }
        said = said.slice(-1000);
      });
      child.once('error', () => tell(false));
      child.stderr.once('close', () => tell(false));
    });
    if (!isOpen) {
      stream.destroy();
      return null;
    }
    return stream;
  }

  /**
   * By a socket of ours that leads there. The master takes each connection and only then asks the
   * host, so that a refusal shows as an end before the first byte, which is waited for.
   */
  private async _toSocket(path: string): Promise<Duplex | null> {
    const socket = createConnection({ path: await this._forward(path), allowHalfOpen: true });
    socket.pause();
    const isOpen = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(true), this._world.refusalMs());
      const tell = (is: boolean) => () => {
        clearTimeout(timer);
        resolve(is);
      };
      socket.once('readable', () => tell(!isAtEnd(socket))());
      socket.once('error', tell(false));
      socket.once('close', tell(false));
    });
    if (!isOpen) {
      socket.destroy();
      return null;
    }
    socket.removeAllListeners('readable');
    const destroy = () => void socket.destroy();
    return new MuxStream({ readable: socket, writable: socket, destroy }, this._world.check);
  }

  /** The socket here that leads to one there; made once. */
  private _forward(path: string): Promise<string> {
    let made = this._forwards.get(path);
    if (made === undefined) {
      made = this._makeForward(path);
      this._forwards.set(path, made);
      made.catch(() => this._forwards.delete(path));
    }
    return made;
  }

  private async _makeForward(path: string): Promise<string> {
    // ssh would take the path apart, or put something else into it.
    if (!path.startsWith('/') || /[:\\%$[\]\p{C}]/u.test(path)) {
      throw new HepbatchError('bad-request', `${path}: ssh cannot take this path of a socket`, {
        next: 'Use an absolute path of plain characters.'
      });
    }
    const { ssh, env, folder, title } = this._world;
    const here = join(folder, `f${this._forwards.size}`);
    const asked = await run(forwardArgv(ssh, here, path), {
      env,
      cwd: '/',
      signal: new AbortController().signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 10_000
    });
    if (asked.end !== 'exited' || asked.code !== 0) {
      const lost = await this._world.check();
      throw lost ?? streamError(`${path} from ${title}`, lastWords(asked.stderr), false);
    }
    return here;
  }

  private async _failure(target: StreamTarget, heard: number): Promise<HepbatchError> {
    const { master, title } = this._world;
    let said: string | undefined;
    for (let waited = 0; said === undefined && waited < PATIENCE_MS; waited += 20) {
      [, said] = FAILED.exec(master.since(heard)) ?? [];
      await sleep(said === undefined ? 20 : 0);
    }
    const name = `${nameTarget(target)} from ${title}`;
    const isDenied = /administratively prohibited/.test(said ?? '');
    return streamError(name, said ?? 'no answer', isDenied);
  }

  private readonly _forwards = new Map<string, Promise<string>>();
}

/** Whether a paused stream that became readable has nothing but its end. */
function isAtEnd(socket: Socket): boolean {
  return socket.readableLength === 0;
}
