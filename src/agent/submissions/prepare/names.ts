/** Names of files and folders that are safe everywhere, whatever a dataset is called. */

/** What may stand in a name as it is; `AN-` would make names of two kinds of files alike. */
const SAFE = /^(?!AN-)[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/;

const LONGEST = 80;

/** A file name for each dataset: its key where that is one, else like it. No two are the same. */
export function safeNames(datasets: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  // Keys that are names keep them, whatever else is mapped.
  for (const dataset of datasets.filter(key => SAFE.test(key))) {
    names.set(dataset, dataset);
    taken.add(dataset);
  }
  for (const dataset of datasets.filter(key => !names.has(key))) {
    const name = firstFree(safeName(dataset), taken);
    names.set(dataset, name);
    taken.add(name);
  }
  return names;
}

/** The name of the analysis: the file name of the runner JSON up to its first dot. */
export function analysisName(fileName: string): string {
  return safeName(fileName.split('/').at(-1)?.split('.')[0] ?? '');
}

/** `<analysis>_<stamp>`, with a number after it where that is taken. */
export function folderName(analysis: string, stamp: string, taken: ReadonlySet<string>): string {
  return firstFree(`${analysis}_${stamp}`, taken);
}

/** A moment as `YYYYmmdd_HHMMSS`, in the time zone of this process. */
export function stampOf(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

function safeName(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[-_]+|_+$/g, '')
    .replace(/^AN-/, 'AN_')
    .slice(0, LONGEST - 8);
  return plain === '' ? 'unnamed' : plain;
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) {
    free = `${name}_${i}`;
  }
  return free;
}
