import { posix } from 'node:path';
import { HepbatchError } from '../../contract';
import type { FolderEntry } from '../../contract';
import type { IHost, IHostEntry } from './hosts/host';
import type { ConnectionBody, ConnectionReply } from './service';

/** How long a listing may take. */
const TIMEOUT_MS = 60_000;

/**
 * Lists a folder for a chooser: folders first, by name, what contains `filter` in any case. Throws
 * `bad-request` where the path is not absolute, and as `IHost.list`.
 */
export async function listFolder(
  host: IHost,
  { path, filter, most }: Pick<ConnectionBody<'folder'>, 'path' | 'filter' | 'most'>
): Promise<ConnectionReply<'folder'>> {
  const folder = await absolutePath(host, path);
  const wanted = filter.toLowerCase();
  const kept: IHostEntry[] = [];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for await (const entries of host.list(folder, signal)) {
    for (const entry of entries) {
      if (entry.name.toLowerCase().includes(wanted)) {
        kept.push(entry);
      }
    }
  }
  if (signal.aborted) {
    throw new HepbatchError('timed-out', `${folder}: no answer within ${TIMEOUT_MS / 1000} s`, {
      next: 'Type the path, or try again.'
    });
  }
  kept.sort(byKindThenName);
  const entries = kept.slice(0, most).map(({ name, kind }): FolderEntry => ({ name, kind }));
  return { path: folder, entries, matching: kept.length };
}

function byKindThenName(a: IHostEntry, b: IHostEntry): number {
  const first = Number(b.kind === 'folder') - Number(a.kind === 'folder');
  // Not by the rules of a language: those take twenty times as long for a hundred thousand names.
  return first !== 0 ? first : a.name < b.name ? -1 : Number(a.name > b.name);
}

async function absolutePath(host: IHost, path: string): Promise<string> {
  const isInHome = path === '' || path === '~' || path.startsWith('~/');
  if (isInHome) {
    return posix.resolve(await homeOf(host), `.${path.slice(1)}`);
  }
  if (!path.startsWith('/')) {
    throw new HepbatchError('bad-request', `${path} is not an absolute path.`, {
      next: 'Give a path that begins with / or ~.'
    });
  }
  return posix.resolve(path);
}

async function homeOf(host: IHost): Promise<string> {
  const result = await host.run(['sh', '-c', 'printf %s "$HOME"'], {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: 10_000
  });
  if (result.end !== 'exited' || !result.stdout.startsWith('/')) {
    throw new HepbatchError('not-found', `${host.title} does not say where the home folder is.`, {
      next: 'Give a path that begins with /.'
    });
  }
  return result.stdout;
}
