import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { HepbatchError } from '../../../contract';
import { toolError } from '../../connections/hosts/file-words';
import type { IHost } from '../../connections/hosts/host';
import type { IPlan } from '../plan';
import { archive } from './archive';

const TIMEOUT_MS = 10 * 60_000;

/** Exit status of the script where the folder is another's. */
const TAKEN = 17;

/**
 * All files in one go: one by one, ten thousand jobs would take an hour over a slow line. Of an archive that
 * breaks off between two files tar does not complain, so the last one is looked for.
 */
const SCRIPT = `mkdir -p -- "$1" || exit 1
mkdir -- "$2" || { if [ -e "$2" ]; then exit ${TAKEN}; else exit 1; fi; }
if mkdir -- "$2/inputs" "$2/jobs" && tar -x $4 -m -f - -C "$2" && [ -f "$3" ]; then echo written; exit 0; fi
rm -rf -- "$2"
exit 1`;

/**
 * Writes the files of a plan into a folder that nobody had before. All of them are there when it resolves.
 * Throws `conflict` where the folder is taken: plan anew; `no-space` and `denied` with nothing left;
 * `unknown-outcome` where the line broke: the folder is never used then.
 */
export async function writePlan(host: IHost, plan: IPlan, signal: AbortSignal): Promise<void> {
  const { folder, folders, files } = plan;
  const isHere = host.client === 'local';
  const packing = Readable.from(archive(files, folder));
  const last = files.at(-1)?.path ?? folder;
  const result = await host.run(
    ['/bin/sh', '-c', SCRIPT, 'sh', folders[0] ?? '', folder, last, isHere ? '' : '-z'],
    {
      env: { LC_ALL: 'C' },
      // Most of it is the same again and again, which counts where it goes over a line.
      stdin: isHere ? packing : packing.pipe(createGzip({ level: 1 })),
      signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 1_000_000
    }
  );
  if (result.end === 'exited' && result.code === 0 && result.stdout === 'written\n') {
    return;
  }
  if (result.end === 'exited' && result.code === TAKEN) {
    throw new HepbatchError('conflict', `${folder} is there already.`, {
      next: 'Prepare the submission again: it takes another name.'
    });
  }
  // The last line of tar says only that there were others, and gzip that nobody reads on.
  const own = /exiting with failure status|error is not recoverable|^gzip: /i;
  const lines = result.stderr.split('\n').filter(line => line.trim() !== '' && !own.test(line));
  throw toolError(folder, { ...result, stderr: lines.join('\n') }, true);
}
