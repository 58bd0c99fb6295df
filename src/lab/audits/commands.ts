import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import { auditIcon } from '../icons';
import { showFailure } from '../show-failure';
import type { IAgent, IAudits } from '../tokens';
import type { AuditPanels } from './panels';
import { absolutePath, resubmissionPath } from './paths';

/** Ids of the commands. */
export const COMMANDS = {
  create: 'hepbatch:new-audit',
  createFromJson: 'hepbatch:audit-selected-json',
  createFromFolder: 'hepbatch:audit-selected-folder',
  run: 'hepbatch:run-audit',
  open: 'hepbatch:open-audit',
  cancel: 'hepbatch:cancel-audit',
  rerun: 'hepbatch:rerun-audit',
  export: 'hepbatch:export-resubmission',
  remove: 'hepbatch:remove-audit'
} as const;

type Args = Readonly<Record<string, unknown>>;

/** The verbs of audits; dialogs and messages belong to them. */
export function addCommands(options: {
  readonly app: JupyterFrontEnd;
  readonly agent: IAgent;
  readonly audits: IAudits;
  readonly panels: AuditPanels;
  readonly browsers: IFileBrowserFactory | null;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}): void {
  const { app, agent, audits, panels, browsers, palette, trans } = options;
  const { commands, serviceManager } = app;
  const idOf = (args: Args) => (typeof args['id'] === 'string' ? args['id'] : panels.current);
  const hasAudit = (args: Args) => idOf(args) !== null;
  const described = (name: 'new-audit' | 'run-audit' | 'audit' | 'export-resubmission') => {
    return async () => ({ args: (await import('./args')).commandSchema(name) });
  };
  const selected = () => {
    const item = browsers?.tracker.currentWidget?.selectedItems().next();
    if (item === undefined || item.done === true) {
      return null;
    }
    const local = serviceManager.contents.localPath(item.value.path);
    return absolutePath(local, PageConfig.getOption('serverRoot'));
  };
  /** Runs a verb on an audit; what goes wrong is shown, and told to who executed the command. */
  const verb =
    (act: (id: string, args: Args) => Promise<unknown>) =>
    async (args: Args): Promise<void> => {
      try {
        const id = idOf(args);
        if (id !== null) {
          await act(id, args);
        }
      } catch (error) {
        await showFailure(error);
        throw error;
      }
    };

  commands.addCommand(COMMANDS.create, {
    label: trans.__('New Audit…'),
    caption: trans.__('Compare a samples JSON with the outputs on disk'),
    icon: args => (args['isToolbar'] === true ? addIcon : auditIcon),
    describedBy: described('new-audit'),
    execute: args => {
      const given = Object.entries(args).filter(([key]) => key !== 'isToolbar');
      panels.openForm(Object.fromEntries(given));
    }
  });
  commands.addCommand(COMMANDS.createFromJson, {
    label: trans.__('Audit with This Samples JSON…'),
    icon: auditIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      const samplesJson = selected();
      panels.openForm(samplesJson === null ? {} : { samplesJson, inputsOn: 'here' });
    }
  });
  commands.addCommand(COMMANDS.createFromFolder, {
    label: trans.__('Audit Outputs in This Folder…'),
    icon: auditIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      const source = selected();
      panels.openForm(source === null ? {} : { source, on: '' });
    }
  });
  commands.addCommand(COMMANDS.run, {
    label: trans.__('Run an Audit'),
    caption: trans.__('Start an audit without asking'),
    describedBy: described('run-audit'),
    execute: async args => {
      try {
        const { AuditRequest } = await import('../../contract');
        const audit = await (await audits.model()).start(AuditRequest.parse(args));
        panels.openReport(audit.id);
        return audit.id;
      } catch (error) {
        await showFailure(error);
        throw error;
      }
    }
  });
  commands.addCommand(COMMANDS.open, {
    label: trans.__('Open Audit'),
    icon: auditIcon,
    describedBy: described('audit'),
    isEnabled: hasAudit,
    execute: args => {
      const id = idOf(args);
      return id === null ? null : panels.openReport(id);
    }
  });
  commands.addCommand(COMMANDS.cancel, {
    label: trans.__('Cancel Audit'),
    describedBy: described('audit'),
    isEnabled: hasAudit,
    execute: verb(async id => (await audits.model()).cancel(id))
  });
  commands.addCommand(COMMANDS.rerun, {
    label: trans.__('Run Audit Again'),
    describedBy: described('audit'),
    isEnabled: hasAudit,
    execute: verb(async id => {
      const audit = await (await audits.model()).rerun(id);
      panels.openReport(audit.id);
    })
  });
  commands.addCommand(COMMANDS.export, {
    label: trans.__('Export Resubmission JSON'),
    caption: trans.__('The files to process again, in the form of the samples JSON'),
    describedBy: described('export-resubmission'),
    isEnabled: hasAudit,
    execute: verb(async (id, args) => {
      const [{ COMMAND_ARGS }, { exportResubmission }, { stem }] = await Promise.all([
        import('./args'),
        import('./export-dialogs'),
        import('./status')
      ]);
      const { datasets, path } = COMMAND_ARGS['export-resubmission'].parse(args);
      const { request } = await (await audits.model()).read(id);
      await exportResubmission({
        call: agent.call,
        id,
        datasets: datasets ?? null,
        path: path ?? null,
        pathOn: 'here',
        name: `${stem(resubmissionPath(request.samplesJson))}.json`,
        trans
      });
    })
  });
  commands.addCommand(COMMANDS.remove, {
    label: trans.__('Remove Audit'),
    describedBy: described('audit'),
    isEnabled: hasAudit,
    execute: verb(async id => {
      const answer = await showDialog({
        title: trans.__('Remove the audit?'),
        body: trans.__('Its results are forgotten. No file of the analysis is touched.'),
        buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Remove') })]
      });
      if (answer.button.accept) {
        await (await audits.model()).remove(id);
        panels.closeReport(id);
      }
    })
  });
  const { create, cancel, rerun, remove } = COMMANDS;
  for (const command of [create, cancel, rerun, COMMANDS.export, remove]) {
    palette?.addItem({ command, category: trans.__('hepbatch') });
  }
}
