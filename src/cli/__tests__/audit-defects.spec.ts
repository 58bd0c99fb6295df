/** The thirteen defects of get_unprocessed_files.py, each with the test that it is none of ours. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Tree } from '../../agent/audits/__tests__/tree';
import { auditTree, withEvents } from './answers';

/** A dasgoclient that is a shell script: exactly what is asked of it here, and it counts its calls. */
function client(body: string): { argv: string[]; calls: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hepbatch-das-'));
  const path = join(folder, 'dasgoclient');
  writeFileSync(path, `#!/bin/sh\necho call >> ${folder}/calls\n${body}\n`);
  chmodSync(path, 0o755);
  return { argv: ['--dasgoclient', path], calls: join(folder, 'calls') };
}

const ENV = { PATH: '/usr/bin:/bin' };
const LFN = '/store/mc/Era/GJet/NANOAODSIM/v1-v2/2550000';

it('AUD-1: a file that the catalogue does not know is reported, and resubmitted without a chunk', async () => {
  const tree = new Tree();
  tree.input('GJet', 'known', 100);
  const absent = tree.input('GJet', 'absent');
  tree.input('GJet', 'done');
  tree.input('GJet', 'null', null);
  tree.chunk('GJet/nominal/known_Events_0-100.parquet');
  tree.chunk('GJet/nominal/done_Events_0-70.parquet');
  const { problem, missing, stdout, status } = await auditTree(tree, withEvents(tree));
  expect(problem('GJet', 'absent')?.status).toBe('not-in-catalogue');
  expect(problem('GJet', 'done')?.status).toBe('not-in-catalogue');
  expect(missing['GJet']).toEqual([absent, tree.samples['GJet']?.[3]]);
  expect(stdout).toContain('3 files not in the catalogue');
  expect(status).toBe(1);
});

it('AUD-2: an empty answer of the catalogue is unknown, never 0 of 0 complete', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f');
  tree.input('Other', 'g', 100);
  tree.chunk('GJet/nominal/f_Events_0-100.parquet');
  const das = client(
    `case "$1" in *Other*) echo "/store/mc/Era/Other/NANOAODSIM/v1-v2/2550000/g.root   100  ";; esac`
  );
  const { dataset, missing, status, stderr } = await auditTree(tree, das.argv, ENV);
  expect(dataset('GJet').unknown).toMatch(/DAS/);
  expect(dataset('GJet').files.complete).toBe(0);
  expect(missing).not.toHaveProperty('GJet');
  expect(stderr).toContain('GJet is unknown');
  expect(status).toBe(2);
});

it('AUD-3: an odd line of the catalogue makes the dataset unknown, it is not dropped', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f');
  tree.input('Fine', 'g');
  tree.chunk('Fine/nominal/g_Events_0-5.parquet');
  const das = client(
    `case "$1" in *GJet*) printf '${LFN}/f.root   many  \\n';;` +
      ` *) echo "/store/mc/Era/Fine/NANOAODSIM/v1-v2/2550000/g.root   5  ";; esac`
  );
  const { dataset, status } = await auditTree(tree, das.argv, ENV);
  expect(dataset('GJet').unknown).not.toBeNull();
  expect(dataset('Fine').files.complete).toBe(1);
  expect(status).toBe(2);
});

it('AUD-4: a catalogue that hangs is given up after two tries', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f');
  tree.input('Fine', 'g');
  tree.chunk('Fine/nominal/g_Events_0-5.parquet');
  const das = client(
    `case "$1" in *GJet*) exec sleep 600;; esac;` +
      ` echo "/store/mc/Era/Fine/NANOAODSIM/v1-v2/2550000/g.root   5  "`
  );
  const { dataset, status } = await auditTree(tree, [...das.argv, '--timeout', '0.3'], ENV);
  expect(dataset('GJet').unknown).toMatch(/0\.3 s|timed? ?out/i);
  expect(status).toBe(2);
});

it('AUD-5: a file without events needs no parquet file', async () => {
  const tree = new Tree();
  tree.input('GJet', 'none', 0);
  tree.input('GJet', 'zero', 0);
  tree.chunk('GJet/nominal/zero_Events_0-0.parquet', 0);
  const { dataset, missing, status } = await auditTree(tree, withEvents(tree));
  expect(dataset('GJet').files['no-events']).toBe(2);
  expect(dataset('GJet').problems).toEqual([]);
  expect(missing).toEqual({});
  expect(status).toBe(0);
});

it('AUD-6: a chunk whose selection is empty is probably empty, not missing', async () => {
  const tree = new Tree();
  for (let i = 0; i < 12; i += 1) {
    tree.input('Rare', `f${i}`, 1000);
    tree.chunk(`Rare/nominal/f${i}_Events_0-1000.parquet`, 1);
  }
  tree.input('Rare', 'empty', 1000);
  const { problem, missing, status } = await auditTree(tree, withEvents(tree));
  expect(problem('Rare', 'empty')).toMatchObject({ status: 'empty', missing: [[0, 1000]] });
  expect(problem('Rare', 'empty')?.reason).toContain('12 other chunks');
  expect(missing).toEqual({});
  expect(status).toBe(0);
});

it('AUD-7: events that count twice are a fault of their own', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f', 100);
  for (const range of ['0-100', '0-50', '50-100']) {
    tree.chunk(`GJet/nominal/f_Events_${range}.parquet`);
  }
  const { problem, dataset } = await auditTree(tree, withEvents(tree));
  expect(problem('GJet', 'f')?.status).toBe('overlapping');
  expect(problem('GJet', 'f')?.chunks).toHaveLength(3);
  expect(dataset('GJet').stale).toHaveLength(3);
});

it('AUD-8: a parquet file that was cut off, or is empty, does not count as done', async () => {
  const tree = new Tree();
  tree.input('GJet', 'cut', 100);
  tree.input('GJet', 'zero', 100);
  tree.chunk('GJet/nominal/cut_Events_0-100.parquet');
  tree.cut('GJet/nominal/cut_Events_0-100.parquet', 60);
  tree.file('GJet/nominal/zero_Events_0-100.parquet', '');
  const { problem, missing } = await auditTree(tree, withEvents(tree));
  expect(problem('GJet', 'cut')).toMatchObject({
    status: 'truncated',
    chunks: ['cut_Events_0-100.parquet']
  });
  expect(problem('GJet', 'zero')?.reason).toContain('0 bytes');
  expect(missing['GJet']).toHaveLength(2);
});

it('AUD-9: all variations are compared with nominal', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f', 100);
  tree.input('GJet', 'g', 100);
  for (const stem of ['f', 'g']) {
    tree.chunk(`GJet/nominal/${stem}_Events_0-100.parquet`);
  }
  tree.chunk('GJet/Smearing_up/f_Events_0-100.parquet');
  const { problem, missing } = await auditTree(tree, withEvents(tree));
  expect(problem('GJet', 'f')).toBeUndefined();
  expect(problem('GJet', 'g')).toMatchObject({ status: 'partial', missing: [[0, 100]] });
  expect(problem('GJet', 'g')?.reason).toContain('Smearing_up');
  expect(missing['GJet']).toHaveLength(1);
});

it('AUD-10: the store root is the first one that is one, and a file without it has none', async () => {
  const tree = new Tree();
  const url = 'root://h//store/mc/Era/GJet/NANOAODSIM/v1-v2/2550000/store_1.root';
  tree.samples['GJet'] = [url];
  tree.samples['Local'] = ['./mystore/x.root'];
  tree.chunk('GJet/nominal/store_1_Events_0-10.parquet');
  tree.chunk('Local/nominal/x_Events_0-10.parquet');
  const das = client(`echo "/store/mc/Era/GJet/NANOAODSIM/v1-v2/2550000/store_1.root   10  "`);
  const { dataset, problem } = await auditTree(tree, das.argv, ENV);
  expect(dataset('GJet').files.complete).toBe(1);
  expect(problem('Local', 'x')?.status).toBe('not-in-catalogue');
});

it('AUD-11: identifiers may hold underscores', async () => {
  const tree = new Tree();
  tree.input('Private', 'nano_mc2024_126', 100);
  tree.input('Private', 'nano_12', 100);
  tree.chunk('Private/nominal/nano_mc2024_126_Events_0-100.parquet');
  tree.chunk('Private/nominal/_nano_12_Events_0-100.parquet');
  const { dataset } = await auditTree(tree, withEvents(tree));
  expect(dataset('Private').files.complete).toBe(2);
});

it('AUD-12: an all-zero UUID is an identifier, and two files of one identifier are told', async () => {
  const tree = new Tree();
  const zero = '00000000-0000-0000-0000-000000000000';
  const header = Buffer.alloc(300);
  header.write('root', 0, 'latin1');
  header.writeInt32BE(62004, 4);
  header.writeInt32BE(100, 8);
  header.writeInt32BE(300, 12);
  header.writeInt16BE(1, 45);
  const files = ['a.root', 'b.root'].map(name => join(tree.root, name));
  files.forEach(path => writeFileSync(path, header));
  tree.samples['One'] = files.slice(0, 1);
  tree.samples['Two'] = files;
  tree.chunk(`One/nominal/${zero}_Events_0-10.parquet`);
  tree.chunk(`Two/nominal/${zero}_Events_0-10.parquet`);
  const { dataset } = await auditTree(tree, ['--convention', 'Legacy']);
  expect(dataset('One').files.complete).toBe(1);
  expect(dataset('Two').files.overlapping).toBe(2);
  expect(dataset('Two').problems[0]?.reason).toContain('cannot be told apart');
});

it('AUD-13: chunks that the resubmission makes stale are listed, of every variation', async () => {
  const tree = new Tree();
  tree.input('GJet', 'f', 200);
  tree.input('GJet', 'g', 100);
  tree.chunk('GJet/nominal/f_Events_0-100.parquet');
  tree.chunk('GJet/Smearing_up/f_Events_0-100.parquet');
  tree.chunk('GJet/nominal/g_Events_0-100.parquet');
  tree.chunk('GJet/Smearing_up/g_Events_0-100.parquet');
  const stale = ['GJet/nominal/f_Events_0-100.parquet', 'GJet/Smearing_up/f_Events_0-100.parquet'];
  expect((await auditTree(tree, withEvents(tree))).dataset('GJet').stale).toEqual(stale);
  const nominal = await auditTree(tree, [...withEvents(tree), '--variations', 'nominal']);
  expect(nominal.dataset('GJet').stale).toEqual(stale);
});
