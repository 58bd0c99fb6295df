import type { IConfigWorld } from './expand';
import { readSshConfig } from './files';

/**
 * The aliases of the user's ssh configuration, in its order; those with `*`, `?` or `!` are no names.
 * Throws `bad-request` where a file cannot be read as one.
 */
export async function sshAliases(world: IConfigWorld): Promise<string[]> {
  const config = await readSshConfig(world, () => true);
  const names = config.flatMap(line => {
    if (!('param' in line) || line.param.toLowerCase() !== 'host') {
      return [];
    }
    return typeof line.value === 'string'
      ? line.value.split(/[ \t]+/)
      : line.value.map(({ val }) => val);
  });
  return [...new Set(names.filter(name => name !== '' && !/[*?!,]/.test(name)))];
}
