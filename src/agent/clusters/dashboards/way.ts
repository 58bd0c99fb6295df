import type { Duplex } from 'node:stream';
import type { IHost } from '../../connections/hosts/host';
import type { IDashboardSource } from './source';

/** The way to one dashboard: streams through the open host of its connection. */
export class Way {
  constructor(private readonly _source: Pick<IDashboardSource, 'target' | 'prefix' | 'host'>) {
    const { target } = _source;
    this.prefix = _source.prefix;
    this.name = 'port' in target ? nameOf(target.host, target.port) : 'localhost';
  }

  /**
   * What it is called in `Host` and `Origin`. Bokeh lets in pages of `localhost` where nothing else
   * is configured, so this is what a loopback address is called.
   */
  readonly name: string;

  /** What all its paths begin with. */
  readonly prefix: string;

  /** A new stream to it. Throws `unreachable`, `connection-lost`, `denied`, `timed-out`. */
  async connect(): Promise<Duplex> {
    // The host is remembered, since to ask for it reads files; it may have been closed since.
    const known = this._host;
    if (known !== null) {
      try {
        return await known.connect(this._source.target);
      } catch {
        this._host = null; // asked for anew, and if that does not help its words are told
      }
    }
    const host = await this._source.host();
    const stream = await host.connect(this._source.target);
    this._host = host;
    return stream;
  }

  private _host: IHost | null = null;
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

function nameOf(host: string, port: number): string {
  if (LOOPBACK.test(host)) {
    return `localhost:${port}`;
  }
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
