import * as z from 'zod';
import { DashboardPage } from '../../../contract';
import type { Dashboard } from '../../../contract';
import { askJson, askText, notDask } from './question';
import type { Way } from './way';

const page = (title: string, path: string): DashboardPage => ({ title, path, kind: 'page' });

/** What every scheduler of the last years can show as a whole. */
const OF_SCHEDULER = [
  page('Status', 'status'),
  page('Workers', 'workers'),
  page('Tasks', 'tasks'),
  page('System', 'system'),
  page('Profile', 'profile'),
  page('Graph', 'graph'),
  page('Groups', 'groups'),
  page('Info', 'info/main/workers.html'),
  page('Logs', 'info/main/logs.html')
];

const OF_WORKER = [
  page('Status', 'status'),
  page('System', 'system'),
  page('Profile', 'profile'),
  page('Counters', 'counters')
];

const PLOTS = '/individual-plots.json';
const Plots = z.record(z.string().max(200), z.string().max(200));

/**
 * Looks whether a dashboard is there, and what it can show. Throws as `askJson`; a server that is
 * none of Dask's is `refused`, so that nothing else can be shown through us.
 */
export async function lookAt(
  way: Way,
  kind: Dashboard['kind'],
  signal: AbortSignal
): Promise<DashboardPage[]> {
  if (kind === 'worker') {
    const said = await askText(way, '/health', signal);
    if (said.trim() !== 'ok') {
      throw notDask(way.name, 'does not say that it is well');
    }
    return OF_WORKER;
  }
  const plots = Plots.safeParse(await askJson(way, PLOTS, signal));
  if (!plots.success) {
    throw notDask(way.name, 'has no list of plots');
  }
  return [...OF_SCHEDULER, ...plotsOf(plots.data)];
}

/** Sorted by title; what has no plain path is left out. */
function plotsOf(said: Readonly<Record<string, string>>): DashboardPage[] {
  const found = Object.entries(said).flatMap(([name, path]) => {
    const title = name.replace(/^individual /i, '');
    const checked = DashboardPage.safeParse({ title, path: path.replace(/^\//, ''), kind: 'plot' });
    return checked.success ? [checked.data] : [];
  });
  return found.sort((a, b) => a.title.localeCompare(b.title, 'en'));
}
