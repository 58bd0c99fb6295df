/** What docs/connections.md says of files of profiles, and of what is built in. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BACKENDS, DEFAULTS, FLAVOURS, Limits, SshHost } from '../../../../contract';
import { BUILT_IN } from '../built-in';
import { parseProfileFile } from '../profile-file';

const page = readFileSync(new URL('../../../../../docs/connections.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([\w.-]+)` +\| (.*)\|$/gm)].map(row => ({
  name: row[1] ?? '',
  rest: row[2] ?? ''
}));
const names = rows.map(({ name }) => name);
/** The page for sites has the defaults that Dask clusters have beside those. */
const site = readFileSync(new URL('../../../../../docs/site.md', import.meta.url), 'utf8');
const more = [...site.matchAll(/^\| `(\w+)` +\|/gm)].map(row => `defaults.${row[1] ?? ''}`);

it('shows a site file without a fault, with every key', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  const { profiles, problems } = parseProfileFile('site.json', example);
  expect(problems).toEqual([]);
  expect(profiles).toHaveLength(3);
  for (const name of names.filter(name => /^(host|defaults|limits)\./.test(name))) {
    expect(example).toContain(`"${name.split('.')[1] ?? ''}":`);
  }
});

it('has every key, and no other', () => {
  const defaults = BACKENDS.flatMap(backend => Object.keys(DEFAULTS[backend].shape));
  const keys = [
    ...Object.keys(SshHost.shape).map(key => `host.${key}`),
    ...new Set(defaults.map(key => `defaults.${key}`)),
    ...Object.keys(Limits.shape).map(key => `limits.${key}`)
  ];
  const told = [...names.filter(name => name.includes('.')), ...more];
  expect([...new Set(told)].sort()).toEqual(keys.sort());
  const rest = (key: string) => rows.find(({ name }) => name === key)?.rest ?? '';
  BACKENDS.forEach(backend => expect(rest('backend')).toContain(`\`${backend}\``));
  Object.keys(FLAVOURS).forEach(flavour =>
    expect(rest('defaults.flavour')).toContain(`\`${flavour}\``)
  );
});

it('has every connection that is built in', () => {
  expect(names.slice(0, BUILT_IN.length)).toEqual(BUILT_IN.map(({ id }) => id));
});
