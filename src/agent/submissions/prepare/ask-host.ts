import { HepbatchError } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import { parseSpace } from '../../connections/probe/space';
import type { SubmissionScheduler } from '../plan';
import type { IFacts } from './facts';

/** What is the same for all submissions of a host. */
export type HostFacts = Pick<IFacts, 'home' | 'certDir' | 'slurm'>;

/** What depends on the files and the folder of a submission. */
export type PlaceFacts = Pick<IFacts, 'taken' | 'missing' | 'freeBytes'>;

const TIMEOUT_MS = 60_000;
const MOST_BYTES = 64 * 1024 * 1024;

const HOST = `printf 'home %s\\ncert %s\\n' "$HOME" "\${X509_CERT_DIR:-}"
if [ "$1" = slurm ]; then
  scontrol show config | sed -n 's/^MaxArraySize *= */array /p'
  sinfo --noheader --format='partition %R'
fi
:`;

/** Paths of files come on stdin, a line each. The end is said, so that an answer cut short is none. */
const PLACE = `ls -A "$1" 2> /dev/null | sed 's/^/taken /'
folder="$1"
while [ -n "$folder" ] && [ ! -d "$folder" ]; do folder="\${folder%/*}"; done
folder="\${folder:-/}"
case "$folder" in
  /afs/*) fs listquota "$folder" | tail -n 1 | sed 's/^/space /' ;;
  *) df -P -k "$folder" | tail -n 1 | sed 's/^/space /' ;;
esac
while IFS= read -r file; do [ -e "$file" ] || printf 'missing %s\\n' "$file"; done
echo end`;

/** Home folder, certificates, and for Slurm its limits. Throws `refused` where nothing can be run. */
export async function askHost(host: IHost, scheduler: SubmissionScheduler): Promise<HostFacts> {
  const said = await ask(host, HOST, [scheduler], '');
  const [home] = said.of('home');
  if (home?.startsWith('/') !== true) {
    throw new HepbatchError('refused', `${host.title}: the home folder is not known: ${said.why}`, {
      next: 'Log in there, and look what keeps commands from running.'
    });
  }
  const [maxArraySize = ''] = said.of('array');
  const [certDir = ''] = said.of('cert');
  return {
    home,
    certDir: certDir === '' ? null : certDir,
    slurm: /^[1-9]\d*$/.test(maxArraySize)
      ? { maxArraySize: Number(maxArraySize), partitions: said.of('partition') }
      : null
  };
}

/** What is in the folder of the framework, how much room it has, and which files are not there. */
export async function askPlace(
  host: IHost,
  folder: string,
  files: readonly string[]
): Promise<PlaceFacts> {
  const said = await ask(host, PLACE, [folder], files.map(file => `${file}\n`).join(''));
  const [space] = said.of('space');
  const room = parseSpace(space === undefined ? undefined : { status: 0, text: `/\n${space}` });
  return {
    taken: said.of('taken'),
    missing: said.has('end') ? said.of('missing') : null,
    freeBytes: room.state === 'found' ? room.freeBytes : null
  };
}

async function ask(host: IHost, script: string, args: readonly string[], stdin: string) {
  const result = await host.run(['/bin/sh', '-c', script, 'sh', ...args], {
    env: { LC_ALL: 'C' },
    stdin,
    signal: new AbortController().signal,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_BYTES
  });
  const lines = result.stdout.split('\n');
  return {
    of: (word: string) =>
      lines.flatMap(line => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : [])),
    has: (word: string) => lines.includes(word),
    why: result.stderr.trim() || result.end
  };
}
