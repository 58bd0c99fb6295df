import type { Cluster } from '../../contract';
import { COMMANDS } from './command-ids';
import type { ICommandWorld, IVerbs } from './commands';

/** The two clicks between which a performance report is recorded. */
export function addReportCommands({ app, browser, trans }: ICommandWorld, verbs: IVerbs): void {
  const { commands } = app;
  const { label, isOffered, execute, described } = verbs;
  const isIdle = ({ can, recordingSince }: Cluster) =>
    can.includes('report') && recordingSince === null;
  const isRecording = ({ can, recordingSince }: Cluster) =>
    can.includes('report') && recordingSince !== null;

  commands.addCommand(COMMANDS.record, {
    label: label(
      trans.__('Start Performance Report of a Cluster…'),
      trans.__('Start Performance Report')
    ),
    caption: trans.__('Record what scheduler and workers do from now on'),
    describedBy: described('cluster'),
    isVisible: isOffered(isIdle),
    execute: execute(
      trans.__('A performance report of which cluster?'),
      isIdle,
      ({ id }, _, model) => model.record(id, true)
    )
  });
  commands.addCommand(COMMANDS.report, {
    label: label(
      trans.__('Save Performance Report of a Cluster…'),
      trans.__('Save Performance Report…')
    ),
    caption: trans.__('Save what was recorded until now as a page'),
    describedBy: described('report'),
    isVisible: isOffered(isRecording),
    execute: execute(
      trans.__('The performance report of which cluster?'),
      isRecording,
      async (cluster, { path }, model) => {
        const { saveReport } = await import('./report');
        await saveReport({
          cluster,
          model,
          contents: app.serviceManager.contents,
          folder: browser?.model.path ?? '',
          open: saved =>
            void commands.execute('docmanager:open', { path: saved, factory: 'HTML Viewer' }),
          ...(typeof path === 'string' && { path }),
          trans
        });
      }
    )
  });
}
