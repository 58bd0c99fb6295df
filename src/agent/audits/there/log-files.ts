import { HepbatchError } from '../../../contract';
import { noLogs } from '../log-files';
import { NO_EVENTS, type ILogFiles } from '../logs';
import { parseComplaints } from './find-words';
import { HostFiles } from './host-files';
import { withoutSlash } from './section';
import type { IThereNow } from './there';

/** Prints `<path> NUL <words> LF` for each time that a log says so; one that cannot be read says nothing. */
const GREP = `
LC_ALL=C; export LC_ALL
find "$1/" -maxdepth 1 -name '*.out' -print0 | xargs -0 -r grep -s -oFZ -e "$2" /dev/null
exit 0`;

/** A thousand names with their words are a hundredth of it. */
const MOST_BYTES = 64 * 1024 * 1024;

/** No script or JSON of a submission is longer. */
const TEXT_BYTES = 16 * 1024 * 1024;

/** The files of a submission on another host. */
export function logFilesThere({ host, reader }: IThereNow, signal: AbortSignal): ILogFiles {
  return {
    emptyIn: async jobs => {
      const said = await host.run(['sh', '-c', GREP, 'sh', jobs, NO_EVENTS], {
        signal,
        timeoutMs: 3_600_000,
        maxOutputBytes: MOST_BYTES
      });
      if (said.end !== 'exited') {
        const why = said.end === 'unknown' ? said.reason : said.end;
        throw new HepbatchError('connection-lost', `${host.title}: the job logs: ${why}`, {
          next: 'Look at the connection, then start the audit again.'
        });
      }
      const { paths, other } = parseComplaints(said.stderr);
      const code = paths.get(withoutSlash(jobs)) ?? other[0];
      if (code !== undefined) {
        throw noLogs(`${jobs} on ${host.title}`, code);
      }
      const empty = new Map<string, number>();
      for (const [, name] of said.stdout.matchAll(/([^/\0]+)\0[^\n]*\n/g)) {
        if (name !== undefined) {
          empty.set(name, (empty.get(name) ?? 0) + 1);
        }
      }
      return empty;
    },
    texts: async paths => {
      const files = new HostFiles(lines => reader.ask(lines));
      const said = await files.head(paths, TEXT_BYTES);
      return said.map(file =>
        typeof file === 'object' && 'bytes' in file && file.size === file.bytes.length
          ? file.bytes.toString('utf8')
          : ''
      );
    }
  };
}
