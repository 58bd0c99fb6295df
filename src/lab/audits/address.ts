import type { IRouter, JupyterFrontEnd } from '@jupyterlab/application';
import type { AuditPanels } from './panels';

const FOLLOW = 'hepbatch:open-audit-of-address';
const PATTERN = /[?&]hepbatch-audit=([^&#]+)/;

/** Opens the audit that the address of the page names: `?hepbatch-audit=<id>`. */
export function addAddress(app: JupyterFrontEnd, router: IRouter, panels: AuditPanels): void {
  app.commands.addCommand(FOLLOW, {
    describedBy: {
      args: {
        type: 'object',
        properties: { search: { type: 'string', description: 'Query of the address' } }
      }
    },
    execute: async args => {
      const { search } = args;
      const id = typeof search === 'string' ? PATTERN.exec(search)?.[1] : undefined;
      if (id !== undefined) {
        await app.restored;
        panels.openReport(decodeURIComponent(id));
      }
    }
  });
  router.register({ command: FOLLOW, pattern: PATTERN });
}
