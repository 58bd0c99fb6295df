import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { toFailure } from '../../contract';
import type { Cluster } from '../../contract';
import type { ClustersModel } from './model';
import type { IClusterSettings } from './settings';

/** Without a time Lab shows no message, and only counts it. */
const SHOWN = { autoClose: 10_000 };

/** Connects a kernel as the settings wish it, and says so; what fails is told, too. */
export async function connectKernel(options: {
  readonly kernel: Kernel.IKernelConnection;
  readonly title: string;
  readonly settings: IClusterSettings;
  readonly model: ClustersModel;
  readonly trans: TranslationBundle;
}): Promise<void> {
  const { kernel, title, settings, model, trans } = options;
  const chosen = settings.newKernelCluster;
  try {
    if ((await kernel.info).language_info.name !== 'python' || (await hasClient(kernel))) {
      return;
    }
    await model.refresh();
    const fitting = model.clusters.filter(({ can }) => can.includes('client'));
    const cluster = chooseCluster(fitting, chosen);
    if (cluster === null) {
      if (chosen !== '' || fitting.length > 1) {
        Notification.info(
          chosen === ''
            ? trans.__(
                '%1 was not connected: several clusters run. Choose one with Connect New Kernels in the menu of its card.',
                title
              )
            : trans.__('%1 was not connected: %2 does not run.', title, chosen),
          SHOWN
        );
      }
      return;
    }
    const code = await model.clientCode(cluster.id, !settings.plainCode);
    const { content } = await kernel.requestExecute({ code, silent: true }).done;
    if (content.status === 'error') {
      tellFailure(title, cluster.name, `${content.ename}: ${content.evalue}`, trans);
    } else if (content.status === 'ok') {
      Notification.success(
        trans.__('%1 was connected to %2: use client there.', title, cluster.name),
        SHOWN
      );
    }
  } catch (error) {
    if (!kernel.isDisposed) {
      tellFailure(title, chosen, toFailure(error).message, trans);
    } // else the notebook was closed meanwhile
  }
}

/** The chosen one, or the only one; null: there is none, or there are too many. */
export function chooseCluster(fitting: readonly Cluster[], chosen: string): Cluster | null {
  const named = chosen === '' ? fitting : fitting.filter(({ name }) => name === chosen);
  const [first = null, second = null] = named;
  return second === null ? first : null;
}

function tellFailure(title: string, cluster: string, words: string, trans: TranslationBundle) {
  const message =
    cluster === ''
      ? trans.__('%1 could not be connected: %2', title, words)
      : trans.__('%1 could not be connected to %2: %3', title, cluster, words);
  Notification.error(message, { autoClose: false });
}

/** Whether somebody uses the name already; asked without a trace. */
async function hasClient(kernel: Kernel.IKernelConnection): Promise<boolean> {
  const asked = { code: '', silent: true, user_expressions: { has: '"client" in globals()' } };
  const { content } = await kernel.requestExecute(asked).done;
  return content.status === 'ok' && JSON.stringify(content.user_expressions).includes('"True"');
}
