import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe } from 'vitest';
import type { IHost, IHostRunOptions } from '../host';
import { filesSuite } from './suite-files';
import { processSuite } from './suite-processes';
import { streamSuite } from './suite-streams';

/** What the suite has to know of a host. It lies on this machine, whichever way leads there. */
export interface ISuiteFacts {
  readonly open: () => Promise<IHost>;
  /** A file that the user of the host may not read; null where there is none. */
  readonly denied: string | null;
  /** How many commands it runs at once; null: as many as one likes. */
  readonly sessions: number | null;
}

/** A host that is open while the tests run, and a folder on it that is removed after them. */
export interface ISuiteWorld {
  readonly facts: ISuiteFacts;
  host(): IHost;
  folder(): string;
}

/** What every host does, whatever it is made of. */
export function hostSuite(name: string, facts: ISuiteFacts): void {
  describe(name, () => {
    let host: IHost | null = null;
    let folder = '';
    const world: ISuiteWorld = {
      facts,
      host: () => {
        if (host === null) {
          throw new Error('the host is not open yet');
        }
        return host;
      },
      folder: () => folder
    };
    beforeAll(async () => {
      host = await facts.open();
      const made = await host.run(['mktemp', '-d', '/tmp/suite-XXXXXX'], options());
      folder = made.stdout.trim();
    });
    afterAll(async () => {
      await host?.close();
      execFileSync('rm', ['-rf', folder]);
    });
    processSuite(world);
    filesSuite(world);
    streamSuite(world);
  });
}

/** Options of a command in these tests. */
export function options(more: Partial<IHostRunOptions> = {}): IHostRunOptions {
  return {
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    maxOutputBytes: 10_000_000,
    ...more
  };
}
