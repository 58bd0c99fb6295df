import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { HepbatchError } from '../../contract';
import type { IHost } from '../connections/hosts/host';

/** Where things of ours lie on a host. */
export interface IHostPlaces {
  /** Name the host gives itself, as in the records of its supervisors. */
  readonly name: string;
  readonly home: string;
  /** Folder of clusters: `<id>/record.json`, `<id>/logs`. */
  readonly clusters: string;
  /** The supervisor as one file. */
  readonly program: string;
}

/** What is needed to say where: the state folder of this machine, and the program to bring. */
export interface IPlacesWorld {
  readonly stateFolder: string;
  /** The supervisor as one file, made anew where the package changed. */
  readonly program: () => Promise<Buffer>;
}

const SCRIPT = `umask 077
state="\${XDG_STATE_HOME:-}"
case "$state" in /*) ;; *) state="$HOME/.local/state" ;; esac
mkdir -p "$state/hepbatch/clusters/programs" && printf '%s\\n' "$state/hepbatch/clusters" "$HOME" "$(uname -n)"`;

/** The places of each open host, found out once. */
export class HostPlaces {
  constructor(private readonly _world: IPlacesWorld) {}

  /** Makes the folders and brings the program. Throws as the host does, and `refused`. */
  of(host: IHost): Promise<IHostPlaces> {
    const known = this._known.get(host);
    if (known !== undefined) {
      return known;
    }
    const found = this._find(host);
    this._known.set(host, found);
    found.catch(() => this._known.delete(host)); // it is tried again; who asked hears of it
    return found;
  }

  private async _find(host: IHost): Promise<IHostPlaces> {
    const env =
      host.client === 'local' ? { XDG_STATE_HOME: posix.dirname(this._world.stateFolder) } : {};
    const said = await host.run(['/bin/sh', '-c', SCRIPT], {
      env,
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      maxOutputBytes: 100_000
    });
    const [clusters = '', home = '', name = ''] = said.stdout.split('\n').slice(-4);
    if (said.end !== 'exited' || said.code !== 0 || !clusters.startsWith('/')) {
      const why = said.stderr.trim() || said.end;
      throw new HepbatchError('refused', `${host.title}: no folder for clusters: ${why}`, {
        next: 'Check the home folder there: its quota, and whether you may write.'
      });
    }
    const data = await this._world.program();
    const digest = createHash('sha256').update(data).digest('hex').slice(0, 12);
    // A running supervisor still reads its file, so a new version never takes its place.
    const program = `${clusters}/programs/supervisor-${digest}.pyz`;
    const there = await host.stat(program);
    if (there?.bytes !== data.length) {
      await host.write(program, data, { mode: 0o600 });
    }
    return { name, home, clusters, program };
  }

  private readonly _known = new WeakMap<IHost, Promise<IHostPlaces>>();
}
