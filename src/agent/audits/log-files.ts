import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../contract';
import { errnoOf } from '../errno';
import { lanes } from '../lanes';
import { codeInPlain, inPlain } from './in-plain';
import { NO_EVENTS, type ILogFiles } from './logs';

/** Files read at once. */
const AT_ONCE = 16;

/** The files of a submission on this machine. */
export const LOG_FILES: ILogFiles = {
  emptyIn: async jobs => {
    const all = await readdir(jobs).catch((cause: unknown) => {
      throw noLogs(jobs, errnoOf(cause) ?? '', inPlain(cause), cause);
    });
    const names = all.filter(name => name.endsWith('.out'));
    const empty = new Map<string, number>();
    await lanes(names.length, AT_ONCE, async i => {
      const name = names[i] ?? '';
      const lines = (await text(join(jobs, name))).split(NO_EVENTS).length - 1;
      if (lines > 0) {
        empty.set(name, lines);
      }
    });
    return empty;
  },
  texts: async paths => {
    const texts = paths.map(() => '');
    await lanes(paths.length, AT_ONCE, async i => {
      texts[i] = await text(paths[i] ?? '');
    });
    return texts;
  }
};

/** What is said of a folder that is no submission, or that cannot be listed. */
export function noLogs(
  jobs: string,
  code: string,
  why = codeInPlain(code),
  cause?: unknown
): HepbatchError {
  return new HepbatchError(
    code === 'EACCES' ? 'denied' : 'not-found',
    `The job logs in ${jobs} cannot be listed: ${why}`,
    { next: 'Give the folder of a vanilla submission, the one that holds inputs and jobs.' },
    { cause }
  );
}

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => ''); // what cannot be read is no evidence
}
