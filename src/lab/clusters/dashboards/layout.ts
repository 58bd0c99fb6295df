import type { DashboardPage } from '../../../contract';

/** A place in the main area, relative to one that is there already. */
interface IPlace {
  readonly path: string;
  readonly mode: 'tab-after' | 'split-right' | 'split-bottom';
  /** Index of the panel that it is placed at; null: the main area. */
  readonly beside: number | null;
}

/** What the field looks at while an analysis runs: tasks, how far they are, memory, and who has how many. */
const WISHED: readonly IPlace[] = [
  { path: 'individual-task-stream', mode: 'tab-after', beside: null },
  { path: 'individual-progress', mode: 'split-bottom', beside: 0 },
  { path: 'individual-workers-memory', mode: 'split-right', beside: 1 },
  { path: 'individual-nprocessing', mode: 'split-right', beside: 2 }
];

/** The default layout, of the plots that this dashboard has; without any the status page alone. */
export function defaultLayout(pages: readonly DashboardPage[]): readonly IPlace[] {
  const has = (path: string) => pages.some(page => page.path === path);
  const found = WISHED.filter(({ path }) => has(path));
  const [first, ...others] = found;
  if (first === undefined) {
    return [{ path: 'status', mode: 'tab-after', beside: null }];
  }
  return [
    { ...first, mode: 'tab-after', beside: null },
    ...others.map((place, at) => ({ ...place, beside: Math.min(place.beside ?? 0, at) }))
  ];
}
