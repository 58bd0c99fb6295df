/** What one `find` lists, and what it could not. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Tree } from '../../__tests__/tree';
import { listThere } from '../listing';
import type { IThere } from '../there';
import { auditOf } from './both-ways';
import { thisMachine } from './here';

const never = new AbortController().signal;

/** This machine as somebody who may do nothing: root is above permissions, so root becomes nobody. */
function asNobody(): IThere['host'] {
  const host = thisMachine();
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const prefix = process.getuid?.() === 0 ? nobody : [];
  return {
    title: host.title,
    run: (argv, options) => host.run([...prefix, ...argv], { cwd: '/', ...options }),
    start: (argv, options) => host.start([...prefix, ...argv], { cwd: '/', ...options }),
    read: (...asked) => host.read(...asked),
    write: (...asked) => host.write(...asked)
  };
}

async function list(tree: Tree, folders: readonly string[], host = asNobody()) {
  const sections = new Map<string, string>();
  const paths = folders.map(name => join(tree.source, name));
  const faults = await listThere(
    host,
    tree.source,
    paths,
    ({ path, records }) => {
      sections.set(path.slice(tree.source.length), Buffer.from(records).toString('latin1'));
    },
    never
  );
  return { sections, faults };
}

it('lists two levels, and links apart, without a question per file', async () => {
  const tree = new Tree();
  tree.file('A/nominal/f', '');
  tree.file('A/nominal/deep/er', '');
  tree.file('A/.hidden/g', '');
  tree.file('A/h', '');
  tree.link('A/nominal/l', 'f');
  tree.link('A/linked_up', 'nominal');
  tree.link('A/broken', 'nowhere');
  tree.folder('B');
  const { sections, faults } = await list(tree, ['A', 'B', 'C'], thisMachine());
  const records = (path: string) => sections.get(path)?.split('\0').filter(Boolean) ?? null;
  expect(records('')?.sort()).toEqual(['1dA', '1dB']);
  expect(records('/B')).toEqual([]);
  expect(records('/C')).toBeNull();
  expect(faults).toEqual({ paths: new Map([[join(tree.source, 'C'), 'ENOENT']]), all: null });
  const inA = records('/A') ?? [];
  expect(inA.filter(record => record.startsWith('1')).sort()).toEqual(
    ['1dnominal', '1fh', '1lNbroken', '1ldlinked_up'].sort()
  );
  const linked = inA.slice(inA.indexOf('3linked_up') + 1);
  expect(linked.sort()).toEqual(['2ddeep', '2ff', '2lfl']);
});

it('leaves unknown only the dataset with a folder that may not be read', async () => {
  const tree = new Tree();
  for (const dataset of ['Closed', 'Secret', 'Shut', 'Plots', 'Fine', 'Öde']) {
    tree.input(dataset, 'f', 10);
  }
  for (const dataset of ['Closed', 'Secret', 'Plots', 'Fine', 'Öde']) {
    tree.chunk(`${dataset}/nominal/f_Events_0-10.parquet`);
  }
  tree.folder('Shut');
  tree.folder('Plots/plots');
  chmodSync(join(tree.source, 'Secret/nominal/f_Events_0-10.parquet'), 0o000);
  const closed = ['Closed/nominal', 'Shut', 'Plots/plots', 'Öde/nominal'].map(path =>
    join(tree.source, path)
  );
  chmodSync(tree.root, 0o755);
  closed.forEach(path => chmodSync(path, 0o000));
  const said = await auditOf(tree, { on: 'there' }, asNobody());
  const unknown = [...said.matchAll(/"unknown": "(.*)"/g)].map(([, why]) => why);
  const denied = (path: string, what = 'listed') =>
    `${join(tree.source, path)} cannot be ${what}: permission denied (EACCES)`;
  expect(unknown).toEqual([
    denied('Closed/nominal'),
    denied('Secret/nominal/f_Events_0-10.parquet', 'read'),
    denied('Shut'),
    denied('Plots/plots'),
    denied('Öde/nominal')
  ]);
  expect(said).toContain('"complete": 1');
  expect(said).not.toContain('"status"');
  closed.forEach(path => chmodSync(path, 0o755));
});

it('says that the output folder is not there, or may not be read', async () => {
  const tree = new Tree();
  tree.input('A', 'f', 10);
  const source = join(tree.root, 'none');
  expect(await auditOf(tree, { on: 'there', source })).toBe(
    `not-found: The output folder ${source} on this machine cannot be listed: no such file or directory (ENOENT)`
  );
  mkdirSync(source);
  chmodSync(tree.root, 0o755);
  chmodSync(source, 0o000);
  expect(await auditOf(tree, { on: 'there', source }, asNobody())).toMatch(
    /^denied: .*\(EACCES\)$/
  );
  rmSync(source, { recursive: true });
  writeFileSync(source, '');
  expect(await auditOf(tree, { on: 'there', source })).toMatch(/^not-found: .*\(ENOTDIR\)$/);
});

it('lists thousands of datasets by a few processes', async () => {
  const tree = new Tree();
  const names = Array.from({ length: 3000 }, (_, i) => `Dataset_with_a_long_name_${i}`);
  names.slice(0, 1500).forEach(name => tree.folder(`${name}/nominal`));
  const { sections, faults } = await list(tree, names, thisMachine());
  expect(sections.size).toBe(1501);
  expect(faults.paths.size).toBe(1500);
  expect(faults.all).toBeNull();
});

it('is not believed where find is not that of GNU', async () => {
  const tree = new Tree();
  tree.input('A', 'f', 10);
  const bin = join(tree.root, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'find'),
    '#!/bin/sh\necho "find: unknown predicate -printf" >&2\nexit 1\n',
    {
      mode: 0o755
    }
  );
  const host = thisMachine({ PATH: `${bin}:/usr/bin:/bin` });
  expect(await auditOf(tree, { on: 'there' }, host)).toMatch(
    /^refused: .*find: unknown predicate -printf$/
  );
});

it('ends what runs there when it is cancelled', async () => {
  const tree = new Tree();
  const bin = join(tree.root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'find'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  const stop = new AbortController();
  const host = thisMachine({ PATH: `${bin}:/usr/bin:/bin` });
  const listing = listThere(host, tree.source, [], () => undefined, stop.signal);
  setTimeout(() => stop.abort(), 100);
  await expect(listing).rejects.toThrow(/abort/i);
});
