import { HepbatchError } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import { CutAtDoubled } from './doubled';
import { parseComplaints } from './find-words';
import { sectionOf, statusesOf, withoutSlash, type ISection } from './section';
import { unsqueezed } from './squeezed';

/** What could not be listed. */
export interface IFaults {
  /** Absolute paths of folders, without a slash at the end, and the name of the number for why. */
  readonly paths: ReadonlyMap<string, string>;
  /** Why nobody knows what else is missing in the list; null where that is not so. */
  readonly all: string | null;
}

/** Complaints are read up to so many characters; who has more to say is not believed at all. */
const STDERR_CHARS = 8 * 1024 * 1024;

/**
 * Runs one of the scripts of `find` on a host for some folders and shows each section as soon as it
 * has come. Throws `connection-lost` or `unreachable` where the list breaks off, `cancelled`.
 */
export async function findThere(
  host: Pick<IHost, 'start' | 'title'>,
  argv: readonly string[],
  folders: readonly string[],
  show: (section: ISection) => void,
  signal: AbortSignal
): Promise<IFaults> {
  const process = await host.start(argv, {});
  const stop = () => void process.kill();
  signal.addEventListener('abort', stop, { once: true });
  const cutter = new CutAtDoubled(0);
  let statuses: readonly number[] | null = null;
  let stderr = '';
  process.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(0, STDERR_CHARS);
  });
  process.stdin.on('error', () => undefined); // how it ended says why
  process.stdin.end(folders.map(folder => `${folder}/\0`).join(''));
  let broken: string | null = null;
  try {
    for await (const chunk of unsqueezed(process.stdout as AsyncIterable<Buffer>)) {
      for (const piece of cutter.push(chunk)) {
        const section = sectionOf(piece);
        if (section) {
          show(section);
        } else {
          statuses = statusesOf(piece);
        }
      }
    }
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error);
  }
  const result = await process.ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (statuses === null) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    const isLost = result.end === 'unknown';
    const why = isLost ? result.reason : said || broken || `it ended early (${result.end})`;
    throw new HepbatchError(
      isLost ? 'connection-lost' : 'unreachable',
      `The list of files from ${host.title} broke off: ${why}`,
      { next: 'Look at the connection, then start the audit again.' }
    );
  }
  return faultsOf(stderr, statuses);
}

function faultsOf(stderr: string, statuses: readonly number[]): IFaults {
  const { paths, other } = parseComplaints(stderr);
  const isBad = statuses.some(status => status !== 0);
  const first = other[0] ?? null;
  if (stderr.length >= STDERR_CHARS) {
    return { paths, all: 'find complained without end' };
  }
  if (first === null && isBad && paths.size === 0) {
    return { paths, all: `find ended with exit status ${statuses.join(' and ')} and said nothing` };
  }
  return { paths, all: first };
}

/** What could not be listed below the folder of a dataset, by the name of the folder in it. */
export function faultsBelow(folder: string, { paths }: IFaults): Map<string, string> {
  const below = new Map<string, string>();
  const root = withoutSlash(folder);
  for (const [path, code] of paths) {
    if (path === root) {
      below.set('', code);
    } else if (path.startsWith(`${root}/`)) {
      below.set(path.slice(root.length + 1).split('/')[0] ?? '', code);
    }
  }
  return below;
}
