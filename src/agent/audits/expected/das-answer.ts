/** Files of a DAS dataset -> number of events; null: listed without a number. */
export type DasFiles = ReadonlyMap<string, number | null>;

/** One DAS dataset that holds a file, with its status (null where DAS gave none). */
export interface IDasDataset {
  readonly name: string;
  readonly status: string | null;
}

/** What stdout of dasgoclient is worth: only `good` may be believed. */
export type DasAnswer<T> =
  { readonly is: 'good'; readonly value: T } | { readonly is: 'bad'; readonly why: string };

const bad = (why: string) => ({ is: 'bad', why }) as const;

/**
 * Reads the answer to `file … | grep file.name | grep file.nevents`. The client writes its errors
 * to stdout, after data and with exit status 0, and leaves absent values out, so that one odd line
 * makes the whole answer worthless. No line at all is `good` and empty: the caller judges that.
 */
export function parseFiles(stdout: string): DasAnswer<DasFiles> {
  const lines = dataLines(stdout);
  if (lines.is === 'bad') {
    return lines;
  }
  const files = new Map<string, number | null>();
  for (const line of lines.value) {
    const [name = '', number, ...more] = line.split(/\s+/);
    const events = number === undefined || number === 'null' ? null : wholeNumber(number);
    if (!name.startsWith('/store/') || events === undefined || more.length > 0) {
      return bad(`a line of its answer is no file with its number of events: ${quote(line)}`);
    }
    const before = files.get(name);
    if (before !== undefined && before !== events) {
      return bad(`it lists ${name} twice, with ${before ?? 'no'} and ${events ?? 'no'} events`);
    }
    files.set(name, events);
  }
  return { is: 'good', value: files };
}

/** Reads the answer to `dataset file=… | grep dataset.name | grep dataset.status`. */
export function parseDatasets(stdout: string): DasAnswer<IDasDataset[]> {
  const lines = dataLines(stdout);
  if (lines.is === 'bad') {
    return lines;
  }
  const datasets = new Map<string, IDasDataset>();
  for (const line of lines.value) {
    const [name = '', status, ...more] = line.split(/\s+/);
    if (!/^\/[^/]+\/[^/]+\/[^/]+$/.test(name) || more.length > 0) {
      return bad(`a line of its answer is no dataset with its status: ${quote(line)}`);
    }
    datasets.set(name, { name, status: status === undefined || status === 'null' ? null : status });
  }
  return { is: 'good', value: [...datasets.values()] };
}

/** One line of somebody's words, short enough for a message. */
export function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function dataLines(stdout: string): DasAnswer<string[]> {
  const error = /^.*ERROR:.*$/m.exec(stdout);
  if (error) {
    return bad(quote(error[0]));
  }
  if (/<(!doctype|html|head|body|title)\b/i.test(stdout)) {
    return bad(`it answered with a web page: ${quote(stdout.replace(/<[^>]*>/g, ' '))}`);
  }
  const lines = stdout.split('\n').map(line => line.trim());
  return { is: 'good', value: lines.filter(line => line !== '') };
}

/** A count as DAS writes it, `162072` or `2.063019163e+09`; undefined where it is no whole number. */
function wholeNumber(text: string): number | undefined {
  const number = /^\d+(\.\d+)?(e\+?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
