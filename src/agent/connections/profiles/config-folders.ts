import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Environment } from '../../run';

/** Where files of profiles lie; all of Jupyter's configuration folders, the weakest first. */
export interface IConfigFolders {
  /** `hepbatch/connections` in each folder that a site or a project may fill. */
  readonly site: readonly string[];
  /** The file that hepbatch keeps for the user; stronger than all others. */
  readonly userFile: string;
}

const OURS = join('hepbatch', 'connections');

/** The folders of `jupyter --paths`, as the environment of this process decides them. */
export function configFolders(env: Environment, home: string): IConfigFolders {
  const chosen = env['JUPYTER_CONFIG_DIR'];
  const user = chosen !== undefined && chosen !== '' ? chosen : join(home, '.jupyter');
  const more = (env['JUPYTER_CONFIG_PATH'] ?? '').split(delimiter).filter(isAbsolute).reverse();
  const prefix = prefixOf(env);
  const environment = prefix === null ? [] : [join(prefix, 'etc', 'jupyter')];
  const all = ['/etc/jupyter', '/usr/local/etc/jupyter', ...environment, user, ...more];
  // The last place counts where a folder is named twice.
  const folders = all.filter((folder, i) => !all.includes(folder, i + 1));
  return {
    site: folders.map(folder => join(folder, OURS)),
    userFile: join(user, OURS, 'user.json')
  };
}

/** Where the Python that started us is installed; HEPBATCH_PYTHON may name it, or another one. */
export function prefixOf(env: Environment): string | null {
  const said = env['HEPBATCH_PREFIX'];
  if (said !== undefined && isAbsolute(said)) {
    return said;
  }
  const python = env['HEPBATCH_PYTHON'] ?? '';
  return isAbsolute(python) ? dirname(dirname(python)) : null;
}
