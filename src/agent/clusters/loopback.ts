import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { HepbatchError } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import type { ILog } from '../log';

/** Where a Dask scheduler listens, seen from its host. */
export interface ISchedulerPort {
  readonly host: string;
  readonly port: number;
}

/** Takes the address of a scheduler apart. Throws `unsupported` for one without TLS. */
export function tlsPort(address: string): ISchedulerPort {
  const found = /^tls:\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const name = found?.[1] ?? found?.[2];
  if (name === undefined || found === null) {
    throw new HepbatchError(
      'unsupported',
      `${address}: without TLS anybody on this machine could use the cluster through a port here`,
      { next: 'Start the cluster with TLS, or work in a notebook on its host.' }
    );
  }
  return { host: name, port: Number(found[3]) };
}

/**
 * A port of 127.0.0.1 that leads to the scheduler of a remote cluster. Every user of this machine can
 * reach it, so it is for TLS alone: the scheduler lets in who has the certificate of the cluster.
 */
export class Loopback {
  private constructor(
    private readonly _server: Server,
    private readonly _open: Set<Socket>
  ) {}

  /** Opens a free port. Throws `internal` where there is none. */
  static async open(
    target: ISchedulerPort,
    host: () => Promise<IHost>,
    log: ILog
  ): Promise<Loopback> {
    const open = new Set<Socket>();
    const server = createServer({ noDelay: true }, client => {
      open.add(client);
      client.on('close', () => open.delete(client));
      client.on('error', () => undefined); // its end is told by `close`
      void join(client, target, host).catch((error: unknown) => {
        client.destroy();
        log.warn(`way to ${target.host}:${target.port}`, error);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new Loopback(server, open);
  }

  /** What clients are told. */
  get address(): string {
    const at = this._server.address();
    return `tls://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
  }

  /** Ends it and all that runs through it. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this._server.close(() => resolve()));
    this._open.forEach(socket => socket.destroy());
    await closed;
  }
}

async function join(
  client: Socket,
  target: ISchedulerPort,
  host: () => Promise<IHost>
): Promise<void> {
  const there = await (await host()).connect(target);
  const end = () => {
    client.destroy();
    there.destroy();
  };
  pipeline(client, there, end);
  pipeline(there, client, end);
}
