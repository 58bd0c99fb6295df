import type { Buffer } from 'node:buffer';
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { HepbatchError } from '../../../../contract';
import { connectionLost } from '../channel';
import type { StreamTarget } from '../host';
import type { Line } from './line';

/** The server's own reason to open no channel: its administrator forbids it (RFC 4254). */
const PROHIBITED = 1;

/** Opens a stream from a host to a port or socket. Throws `unreachable`, `denied`, `connection-lost`. */
export function forwardTo(line: Line, target: StreamTarget): Promise<Duplex> {
  const where = 'host' in target ? `${target.host}:${target.port}` : target.socketPath;
  return new Promise((resolve, reject) => {
    const answer = (cause: Error | undefined, channel: ClientChannel) => {
      if (cause === undefined) {
        resolve(new Forwarded(channel, line));
      } else {
        reject(forwardError(line, where, cause));
      }
    };
    if (line.end !== null) {
      reject(connectionLost(line.title, line.end));
    } else if ('host' in target) {
      line.client.forwardOut('127.0.0.1', 0, target.host, target.port, answer);
    } else {
      line.client.openssh_forwardOutStreamLocal(target.socketPath, answer);
    }
  });
}

function forwardError(line: Line, where: string, cause: Error): HepbatchError {
  if (line.end !== null) {
    return connectionLost(line.title, line.end);
  }
  const isProhibited = 'reason' in cause && cause.reason === PROHIBITED;
  return isProhibited
    ? new HepbatchError(
        'denied',
        `${line.title} does not pass connections on to ${where}`,
        { next: 'Ask the site whether its SSH server may (PermitOpen, AllowTcpForwarding).' },
        { cause }
      )
    : new HepbatchError(
        'unreachable',
        `${where} cannot be reached from ${line.title}`,
        { next: 'Check that it runs, and where it listens.' },
        { cause }
      );
}

/**
 * A forwarded connection as a stream that behaves. ssh2's own ends as after the last byte when the
 * line breaks, so a torn answer would pass for a whole one; this one ends with an error.
 */
class Forwarded extends Duplex {
  constructor(
    private readonly _channel: ClientChannel,
    line: Line
  ) {
    super({ allowHalfOpen: true });
    const lost = (reason: string) => this.destroy(connectionLost(line.title, reason));
    this._unwatch = line.watch(lost);
    this.on('error', () => undefined); // who does not listen shall not end the agent with it
    _channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) {
        _channel.pause();
      }
    });
    _channel.on('end', () => (line.end === null ? this.push(null) : lost(line.end)));
    _channel.on('error', (cause: Error) => this.destroy(cause));
    _channel.on('close', () => {
      this._isClosed = true;
      if (this.readableEnded) {
        this.destroy();
      }
    });
  }

  // node:http takes every stream for a socket and asks these of it.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    this._channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this._isClosed) {
      done(new Error('write EPIPE: the other side has closed the connection'));
    } else {
      this._channel.write(chunk, () => done());
    }
  }

  override _final(done: () => void): void {
    this._channel.end();
    done();
  }

  override _destroy(cause: Error | null, done: (error: Error | null) => void): void {
    this._unwatch();
    this._channel.close();
    this._channel.resume(); // what is still under way has no reader any more
    done(cause);
  }

  private _isClosed = false;
  private readonly _unwatch: () => void;
}
