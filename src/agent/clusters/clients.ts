import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterSecurity, HepbatchError } from '../../contract';
import type { ClientInfo, Cluster } from '../../contract';
import type { ILog } from '../log';
import { writeAtomically } from '../record';
import { daskCode, hepbatchCode } from './client-code';
import type { Known } from './known';
import { Loopback, tlsPort } from './loopback';
import type { ClusterBody, ClusterReply } from './service';
import type { Tended } from './tend/tended';

type TlsFiles = NonNullable<ClusterSecurity['tls']>;

/** How clients of this machine reach the schedulers of clusters. */
export class Clients {
  constructor(
    private readonly _known: Known,
    private readonly _stateFolder: string,
    private readonly _log: ILog
  ) {}

  /** True while a way to a remote cluster is open: it closes with the agent. */
  get busy(): boolean {
    return this._open.size > 0;
  }

  async info(id: string): Promise<ClientInfo> {
    const tended = this._known.need(id);
    const { name, interpreter } = tended.card;
    const { address, tls } = await tended.ask('security', {});
    const versions = interpreter?.versions ?? {};
    if (!tended.phase.remote) {
      const paths = tls && { ca: tls.ca.path, cert: tls.cert.path, key: tls.key.path };
      return { id, name, address, tls: paths, versions };
    }
    const loopback = this._open.get(id);
    if (loopback === undefined) {
      throw new HepbatchError(
        'conflict',
        `${name} runs on ${tended.card.host}: clients here need a way to its scheduler`,
        { next: 'Open its loopback port, or work in a notebook on that host.' }
      );
    }
    return { id, name, address: loopback.address, tls: this._filesOf(id), versions };
  }

  async code({ id, hepbatch }: ClusterBody<'clientCode'>): Promise<ClusterReply<'clientCode'>> {
    // Asked for in any case, so that code which cannot work is not handed out.
    const info = await this.info(id);
    return { code: hepbatch ? hepbatchCode(info.name) : daskCode(info) };
  }

  /** Opens or closes the port of a remote cluster. */
  async loopback({ id, open }: ClusterBody<'loopback'>): Promise<Cluster> {
    const tended = this._known.need(id);
    if (open && !tended.phase.remote) {
      throw new HepbatchError('conflict', `${tended.card.name} runs on this machine.`, {
        next: 'Clients here reach it without a port.'
      });
    }
    if (open && !this._open.has(id)) {
      await this._openFor(tended);
    } else if (!open) {
      await this.close(id);
    }
    return structuredClone(tended.card);
  }

  /** Closes the port of a cluster, and removes its certificate from this machine. */
  async close(id: string): Promise<void> {
    const loopback = this._open.get(id);
    if (loopback !== undefined) {
      this._open.delete(id);
      await loopback.close();
      await rm(this._folderOf(id), { recursive: true, force: true });
      this._known.find(id)?.advance({ loopback: null });
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this._open.keys()].map(id => this.close(id)));
  }

  private async _openFor(tended: Tended): Promise<void> {
    const { id } = tended.identity;
    const { address, tls } = await tended.ask('security', { contents: true });
    const target = tlsPort(address);
    if (tls === null) {
      throw new HepbatchError('internal', `${address} has no certificate`, {
        next: 'Report this.'
      });
    }
    await this._write(id, tls);
    const loopback = await Loopback.open(target, tended.host, this._log);
    this._open.set(id, loopback);
    tended.advance({ loopback: loopback.address });
  }

  private async _write(id: string, tls: TlsFiles): Promise<void> {
    const folder = this._folderOf(id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const paths = this._filesOf(id);
    for (const key of ['ca', 'cert', 'key'] as const) {
      await writeAtomically(paths[key], tls[key].text ?? '', { mode: 0o600 });
    }
  }

  private _filesOf(id: string) {
    const folder = this._folderOf(id);
    return {
      ca: join(folder, 'ca.pem'),
      cert: join(folder, 'cert.pem'),
      key: join(folder, 'key.pem')
    };
  }

  private _folderOf(id: string): string {
    return join(this._stateFolder, 'clusters', `${id}.tls`);
  }

  private readonly _open = new Map<string, Loopback>();
}
