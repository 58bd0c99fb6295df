import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import SSHConfig, { glob } from 'ssh-config';
import { HepbatchError } from '../../../contract';
import type { IConfigWorld } from './expand';

/** The configuration of the whole machine, which counts where the user's own says nothing. */
const OF_THE_MACHINE = '/etc/ssh/ssh_config';

/** How deep files may include each other, as in OpenSSH. */
const MOST_DEEP = 16;

/** Whether the lines of a section with an `Include` count; asked for each such section. */
export type Counts = (section: SSHConfig) => boolean;

/**
 * The lines of all configuration files of ssh, in the order in which they count, each `Include`
 * replaced by what it names. A file that is not there has no lines. Throws `bad-request`.
 */
export async function readSshConfig(world: IConfigWorld, counts: Counts): Promise<SSHConfig> {
  const chosen = world.env['HEPBATCH_SSH_CONFIG'];
  const own = join(world.home, '.ssh');
  const read = (path: string, base: string) => readLines(path, { base, world, counts }, 0);
  return chosen === undefined || chosen === ''
    ? joined([
        await read(join(own, 'config'), own),
        await read(OF_THE_MACHINE, dirname(OF_THE_MACHINE))
      ])
    : read(chosen, own);
}

interface IReading {
  /** Where relative names of included files begin. */
  readonly base: string;
  readonly world: IConfigWorld;
  readonly counts: Counts;
}

async function readLines(path: string, reading: IReading, depth: number): Promise<SSHConfig> {
  const text = await readFile(path, 'utf8').catch(() => '');
  let config: SSHConfig;
  try {
    config = SSHConfig.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HepbatchError(
      'bad-request',
      `${path}: ${why}`,
      { next: 'Correct this file.' },
      { cause }
    );
  }
  const parts: SSHConfig[] = [];
  for (const line of config) {
    if (!('config' in line && line.config.some(isInclude))) {
      parts.push(await included(line, reading, depth));
    } else if (reading.counts(joined([[{ ...line, config: MARKED }]]))) {
      parts.push(joined([[{ ...line, config: new SSHConfig() }]]));
      for (const inner of line.config) {
        parts.push(
          isInclude(inner)
            ? await included(inner, reading, depth)
            : joined([[{ ...line, config: joined([[inner]]) }]])
        );
      }
    }
  }
  return joined(parts);
}

/** The line itself, or what it includes. */
async function included(line: Line, reading: IReading, depth: number): Promise<SSHConfig> {
  if (!isInclude(line)) {
    return joined([[line]]);
  }
  const paths = depth < MOST_DEEP ? await namedBy(line, reading) : [];
  const parts: SSHConfig[] = [];
  for (const path of paths) {
    parts.push(await readLines(path, reading, depth + 1));
  }
  return joined(parts);
}

type Line = SSHConfig[number];

function isInclude(line: Line): line is Line & { value: string | { val: string }[] } {
  return 'param' in line && line.param.toLowerCase() === 'include';
}

/** The setting by which a section shows that it counts. */
export const MARKER = 'HepbatchSectionCounts';

const MARKED = SSHConfig.parse(`${MARKER} yes`);

/** The files of an `Include`; patterns are allowed in the last part of a path. */
async function namedBy(
  { value }: { value: string | { val: string }[] },
  { base, world }: IReading
): Promise<string[]> {
  const named = typeof value === 'string' ? [value] : value.map(({ val }) => val);
  const paths = named.map(name => {
    const path = /^~(?=\/|$)/.test(name) ? world.home + name.slice(1) : name;
    return isAbsolute(path) ? path : resolve(base, path);
  });
  const found = paths.map(async path => {
    const folder = dirname(path);
    const pattern = path.slice(folder.length + 1);
    if (!/[*?]/.test(pattern)) {
      return [path];
    }
    const names = await readdir(folder).catch(() => []);
    return names
      .filter(name => glob(pattern, name) && (pattern.startsWith('.') || !name.startsWith('.')))
      .sort()
      .map(name => join(folder, name));
  });
  return (await Promise.all(found)).flat();
}

function joined(parts: readonly (readonly Line[])[]): SSHConfig {
  const all = new SSHConfig();
  parts.forEach(part => all.push(...part));
  return all;
}
