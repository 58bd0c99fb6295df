import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import { LineHelper, pythonModule } from '../../line-helper';
import type { Environment } from '../../run';
import { isRemote, localPath } from '../lfn';
import { FirstHelper } from '../there/first-helper';
import { pythonThere } from '../there/python';
import type { IThere } from '../there/there';
import type { Expected, IExpectedSource } from './source';

/** What counting needs of its surroundings. */
export interface ICountOptions {
  readonly env: Environment;
  /** Relative paths of the samples JSON begin here. */
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Files that nobody serves count as unreadable instead of making the dataset unknown. */
  readonly skipBadFiles: boolean;
  /** The host where files without `root://` lie; null: this machine. */
  readonly there: IThere | null;
  /** Takes remarks that do not spoil the answer. */
  readonly warn: (text: string) => void;
}

/** The Python module that counts, and the one it needs. */
const [HEADERS, ENTRIES] = ['hepbatch.xrootd_headers', 'hepbatch.root_entries'];

const Counted = z.union([
  z.object({ entries: z.int().nonnegative() }),
  z.object({ error: z.string(), transport: z.boolean() })
]);
type Counted = z.output<typeof Counted>;
type Asked = Pick<LineHelper<Counted>, 'ask' | 'dispose'>;

/**
 * Numbers of events from the files themselves: entries of the tree `Events`, read by uproot. With
 * another host it runs there; what an XRootD server has is counted from here where that Python cannot.
 */
export class CountSource implements IExpectedSource {
  readonly kind = 'count';

  constructor(private readonly _options: ICountOptions) {
    const { env, timeoutMs, there, warn } = _options;
    const args = ['--timeout', String(timeoutMs / 1000)];
    const common = {
      reply: Counted,
      // Two tries and a pause for each file, and the import of uproot.
      stallMs: 2 * timeoutMs + 60_000,
      window: 256
    };
    const here = new LineHelper({ ...pythonModule(env, ENTRIES, args), ...common });
    if (there === null) {
      this._disk = here;
      this._servers = here;
    } else {
      const counter = (more: readonly string[]) =>
        new LineHelper({
          ...pythonThere(there, env, [HEADERS, ENTRIES], [...args, ...more]),
          ...common
        });
      this._disk = counter([]);
      this._servers = new FirstHelper(counter(['--need-xrootd']), here, why =>
        warn(`Events of root:// files were counted from this machine: ${why}`)
      );
    }
  }

  async events(_dataset: string, urls: readonly string[], signal: AbortSignal): Promise<Expected> {
    const { cwd, skipBadFiles } = this._options;
    const events = urls.map((): number | null => null);
    const unreadable = new Map<number, string>();
    let reason: string | null = null;
    const take = (i: number, reply: Counted) => {
      if ('entries' in reply) {
        events[i] = reply.entries;
      } else if (reply.transport && !skipBadFiles) {
        reason = `${urls[i] ?? ''} could not be opened: ${reply.error}`;
      } else {
        unreadable.set(i, reply.error);
      }
      return reason === null;
    };
    const ask = async (helper: Asked, wanted: readonly number[]) => {
      const places = wanted.map(i => {
        const url = urls[i] ?? '';
        return isRemote(url) ? url : localPath(url, cwd);
      });
      await helper.ask(places, signal, (n, reply) => take(wanted[n] ?? 0, reply));
    };
    const all = urls.map((_url, i) => i);
    try {
      await Promise.all([
        ask(
          this._disk,
          all.filter(i => !isRemote(urls[i] ?? ''))
        ),
        ask(
          this._servers,
          all.filter(i => isRemote(urls[i] ?? ''))
        )
      ]);
    } catch (error) {
      if (!(error instanceof HepbatchError) || error.code === 'cancelled') {
        throw error;
      }
      reason = `${error.message} (next: ${error.data.next})`;
    }
    return reason === null ? { state: 'known', events, unreadable } : { state: 'unknown', reason };
  }

  async dispose(): Promise<void> {
    await Promise.all([this._disk.dispose(), this._servers.dispose()]);
  }

  private readonly _disk: Asked;
  private readonly _servers: Asked;
}
