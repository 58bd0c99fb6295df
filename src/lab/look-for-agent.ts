import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/**
 * Whether an agent runs already, from before this page was loaded. It starts none: who never uses
 * hepbatch causes this one question of a page and nothing else.
 */
export async function agentRuns(settings: ServerConnection.ISettings): Promise<boolean> {
  const url = URLExt.join(settings.baseUrl, 'hepbatch/running');
  try {
    const response = await ServerConnection.makeRequest(url, {}, settings);
    const said: unknown = response.ok ? await response.json() : null;
    return typeof said === 'object' && said !== null && 'running' in said && said.running === true;
  } catch {
    return false; // whoever uses hepbatch is told by the agent's own road what is wrong
  }
}
