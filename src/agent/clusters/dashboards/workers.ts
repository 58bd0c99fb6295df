import type { DashboardWorker } from '../../../contract';
import { askText, notDask } from './question';
import type { Way } from './way';

/** A worker as its scheduler knows it; `at` is where its dashboard is, null where it has none. */
export interface IKnownWorker {
  readonly worker: DashboardWorker;
  readonly at: { readonly host: string; readonly port: number } | null;
}

/**
 * The page for people: what the scheduler says to programs, `/json/identity.json`, is an error in
 * distributed 2026.8 as soon as a task has run (metrics with keys that JSON does not have).
 */
const PATH = '/info/main/workers.html';

const ROW = {
  address: /href="\.\.\/worker\/([^"]{1,600})\.html"/,
  dashboard: /href="\.\.\/\.\.\/proxy\/(\d{1,5})\/([A-Za-z0-9_.:-]{1,255})\/status"/,
  name: /<\/td>\s*<td>([^<]{0,200})<\/td>/
};

/** The workers of a scheduler by its own words, in its order. Throws as `askText`. */
export async function listWorkers(way: Way, signal: AbortSignal): Promise<IKnownWorker[]> {
  return (await askScheduler(way, signal)).workers;
}

/** What a scheduler says of itself; `address` is null where it says none. Throws as `askText`. */
export async function askScheduler(
  way: Way,
  signal: AbortSignal
): Promise<{ readonly address: string | null; readonly workers: IKnownWorker[] }> {
  const page = await askText(way, PATH, signal);
  if (!/<tbody>/.test(page)) {
    throw notDask(way.name, `has no table of workers at ${PATH}`);
  }
  return { address: parseScheduler(page), workers: parseWorkers(page) };
}

/** The address that workers and clients have for a scheduler, from the head of the page. */
export function parseScheduler(page: string): string | null {
  const title = /<h1 class="title">\s*Scheduler ([^<\s]{1,300})\s*<\/h1>/.exec(page)?.[1] ?? '';
  const address = unescapeHtml(title);
  const isNetwork = /^(tcp|tls):\/\/[A-Za-z0-9_.:[\]-]+:\d{1,5}$/.test(address);
  const isWithin = /^inproc:\/\/[A-Za-z0-9_.:-]+\/\d{1,10}\/\d{1,10}$/.test(address);
  return isNetwork || isWithin ? address : null;
}

/** Reads the rows of the table of workers; what is no row of it is left out. */
export function parseWorkers(page: string): IKnownWorker[] {
  return page.split(/<tr\b/).flatMap(row => {
    const address = decode(ROW.address.exec(row)?.[1] ?? '');
    if (address === '' || address.length > 200) {
      return [];
    }
    const [, port = '0', host = ''] = ROW.dashboard.exec(row) ?? [];
    const has = Number(port) >= 1 && Number(port) <= 65_535;
    const at = has ? { host, port: Number(port) } : null;
    const name = unescapeHtml(ROW.name.exec(row)?.[1] ?? '').trim();
    return [{ worker: { address, name: name || address, dashboard: has }, at }];
  });
}

/** Undoes Tornado's `url_escape`; empty for what it never writes. */
function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

const SIGNS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'"
};

/** Undoes Tornado's `xhtml_escape`. */
function unescapeHtml(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, sign: string) => SIGNS[sign] ?? whole);
}
