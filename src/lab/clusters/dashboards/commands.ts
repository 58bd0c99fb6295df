import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { clusterIcon } from '../../icons';
import type { LazyModel } from '../../lazy-model';
import { showFailure } from '../../show-failure';
import { DASHBOARD_COMMANDS } from './command-ids';
import { defaultLayout } from './layout';
import type { DashboardsModel } from './model';
import type { DashboardPanels } from './panels';

/** What the commands act on. */
export interface ICommandWorld {
  readonly app: JupyterFrontEnd;
  readonly dashboards: LazyModel<DashboardsModel>;
  readonly panels: DashboardPanels;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}

/** Adds the commands of dashboards. */
export function addDashboardCommands(world: ICommandWorld): void {
  const { app, dashboards, panels, palette, trans } = world;
  const { commands } = app;
  const described = (name: 'page' | 'dashboard') => async () => ({
    args: (await import('./args')).dashboardSchema(name)
  });
  commands.addCommand(DASHBOARD_COMMANDS.choose, {
    label: trans.__('Dashboards'),
    caption: trans.__('Dashboards of Dask clusters: pages, plots, workers'),
    icon: clusterIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => panels.choose()
  });
  commands.addCommand(DASHBOARD_COMMANDS.open, {
    label: trans.__('Open Dashboard'),
    icon: clusterIcon,
    describedBy: described('page'),
    execute: args => {
      const id = text(args, 'id');
      if (id === null) {
        panels.choose();
      } else {
        panels.open({ id, path: text(args, 'path') ?? 'status' });
      }
    }
  });
  commands.addCommand(DASHBOARD_COMMANDS.layout, {
    label: trans.__('Open the Usual Plots of a Dashboard'),
    icon: clusterIcon,
    describedBy: described('dashboard'),
    execute: async args => {
      try {
        const model = await dashboards.model();
        if (!model.isLoaded) {
          await model.refresh();
        }
        const all = model.dashboards.filter(({ kind }) => kind === 'scheduler');
        const id = text(args, 'id') ?? (all.length === 1 ? all[0]?.id : undefined);
        if (id === undefined) {
          panels.choose();
          return;
        }
        const opened: string[] = [];
        for (const { path, mode, beside } of defaultLayout(model.find(id)?.pages ?? [])) {
          const ref = beside === null ? undefined : opened[beside];
          opened.push(panels.open({ id, path }, { mode, ...(ref !== undefined && { ref }) }));
        }
      } catch (error) {
        await showFailure(error);
      }
    }
  });
  for (const command of Object.values(DASHBOARD_COMMANDS)) {
    if (command !== DASHBOARD_COMMANDS.open) {
      palette?.addItem({ command, category: trans.__('hepbatch') });
    }
  }
}

function text(args: ReadonlyPartialJSONObject, name: string): string | null {
  const given = args[name];
  return typeof given === 'string' && given !== '' ? given : null;
}
