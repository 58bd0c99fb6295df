import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import { LineHelper, pythonModule } from '../../line-helper';
import type { Environment } from '../../run';
import { isRemote, localPath } from '../lfn';
import type { Expected, IExpectedSource } from './source';

/** What counting needs of its surroundings. */
export interface ICountOptions {
  readonly env: Environment;
  /** Relative paths of the samples JSON begin here. */
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Files that nobody serves count as unreadable instead of making the dataset unknown. */
  readonly skipBadFiles: boolean;
}

const Counted = z.union([
  z.object({ entries: z.int().nonnegative() }),
  z.object({ error: z.string(), transport: z.boolean() })
]);

/** Numbers of events from the files themselves: entries of the tree `Events`, read by uproot. */
export class CountSource implements IExpectedSource {
  readonly kind = 'count';

  constructor(private readonly _options: ICountOptions) {
    const seconds = _options.timeoutMs / 1000;
    this._helper = new LineHelper({
      ...pythonModule(_options.env, 'hepbatch.root_entries', ['--timeout', String(seconds)]),
      reply: Counted,
      // Two tries and a pause for each file, and the import of uproot.
      stallMs: 2 * _options.timeoutMs + 60_000,
      window: 256
    });
  }

  async events(_dataset: string, urls: readonly string[], signal: AbortSignal): Promise<Expected> {
    const { cwd, skipBadFiles } = this._options;
    const events = urls.map((): number | null => null);
    const unreadable = new Map<number, string>();
    let reason: string | null = null;
    const places = urls.map(url => (isRemote(url) ? url : localPath(url, cwd)));
    try {
      await this._helper.ask(places, signal, (i, reply) => {
        if ('entries' in reply) {
          events[i] = reply.entries;
        } else if (reply.transport && !skipBadFiles) {
          reason = `${urls[i] ?? ''} could not be opened: ${reply.error}`;
        } else {
          unreadable.set(i, reply.error);
        }
        return reason === null;
      });
    } catch (error) {
      if (!(error instanceof HepbatchError) || error.code === 'cancelled') {
        throw error;
      }
      reason = `${error.message} (next: ${error.data.next})`;
    }
    return reason === null ? { state: 'known', events, unreadable } : { state: 'unknown', reason };
  }

  dispose(): Promise<void> {
    return this._helper.dispose();
  }

  private readonly _helper: LineHelper<z.output<typeof Counted>>;
}
