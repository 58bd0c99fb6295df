import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { configFolders } from '../config-folders';

const short = ({ site }: { site: readonly string[] }) =>
  site.map(folder => folder.replace('/hepbatch/connections', ''));

it('looks where Jupyter looks, the weakest first', () => {
  const folders = configFolders(
    { HEPBATCH_PREFIX: '/opt/conda', JUPYTER_CONFIG_PATH: '/swan/strong:/swan/weak:relative' },
    '/home/u'
  );
  expect(short(folders)).toEqual([
    '/etc/jupyter',
    '/usr/local/etc/jupyter',
    '/opt/conda/etc/jupyter',
    '/home/u/.jupyter',
    '/swan/weak',
    '/swan/strong'
  ]);
  expect(folders.userFile).toBe('/home/u/.jupyter/hepbatch/connections/user.json');
});

it('takes the prefix of the Python that is named, and another folder of the user', () => {
  const folders = configFolders(
    { HEPBATCH_PYTHON: '/venv/bin/python', JUPYTER_CONFIG_DIR: '/eos/u/.jupyter' },
    '/home/u'
  );
  expect(short(folders).slice(2)).toEqual(['/venv/etc/jupyter', '/eos/u/.jupyter']);
  expect(folders.userFile).toBe('/eos/u/.jupyter/hepbatch/connections/user.json');
});

it('names a folder once, at its strongest place', () => {
  const env = { HEPBATCH_PREFIX: '/usr/local', JUPYTER_CONFIG_PATH: '/etc/jupyter' };
  expect(short(configFolders(env, '/h'))).toEqual([
    '/usr/local/etc/jupyter',
    '/h/.jupyter',
    '/etc/jupyter'
  ]);
});

it('agrees with Jupyter itself', context => {
  const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';
  const script =
    'import json, sys; from jupyter_core.paths import jupyter_config_path as p; print(json.dumps([p(), sys.prefix]))';
  const env = {
    PATH: process.env['PATH'],
    HOME: '/home/u',
    JUPYTER_CONFIG_PATH: '/a:/b',
    PYTHONNOUSERSITE: '1',
    JUPYTER_PREFER_ENV_PATH: '0'
  };
  let said: [string[], string] | null = null;
  try {
    said = JSON.parse(
      execFileSync(python, ['-c', script], { env, stdio: ['ignore', 'pipe', 'ignore'] }).toString()
    ) as [string[], string];
  } catch {
    context.skip('this Python has no jupyter_core');
  }
  const [path, prefix] = said ?? [[], ''];
  const ours = short(configFolders({ ...env, HEPBATCH_PREFIX: prefix }, '/home/u')).reverse();
  expect(new Set(ours)).toEqual(new Set(path));
  expect(ours.slice(0, 3)).toEqual(path.slice(0, 3));
});
