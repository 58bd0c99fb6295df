/** Audits through real SSH servers, by both clients: the answers are those of this machine. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../../../__tests__/test-bed';
import { openLink, type ILink } from '../../../connections/hosts/__tests__/link';
import { SSH, address, sshWorld } from '../../../connections/hosts/__tests__/ssh-bed';
import type { IHost } from '../../../connections/hosts/host';
import { openOpenssh } from '../../../connections/hosts/openssh/open';
import { openSsh2 } from '../../../connections/hosts/ssh2/open';
import { Tree } from '../../__tests__/tree';
import { asideOf, lookAtStale, setAside } from '../../set-aside';
import { auditOf } from './both-ways';

const never = new AbortController().signal;

/** A tree that the user of the server may read, with something of everything. */
function analysis(): Tree {
  const tree = new Tree();
  chmodSync(tree.root, 0o755);
  for (const stem of ['whole', 'cut', 'none', 'late', "it's\n$HOME"]) {
    tree.input('A b', stem, 20);
  }
  tree.chunk('A b/nominal/whole_Events_0-20.parquet');
  tree.chunk("A b/nominal/it's\n$HOME_Events_0-20.parquet");
  tree.chunk('A b/nominal/cut_Events_0-20.parquet');
  tree.cut('A b/nominal/cut_Events_0-20.parquet', 50);
  tree.chunk('A b/nominal/late_Events_10-20.parquet');
  tree.link('A b/linked_up', 'nominal');
  for (let i = 0; i < 12; i += 1) {
    tree.input('Räre', `f${i}`, 1000);
    tree.chunk(`Räre/nominal/f${i}_Events_0-1000.parquet`, 1);
  }
  tree.input('Räre', 'empty', 1000);
  tree.input('Gone', 'f', 5);
  tree.folder('not in the JSON');
  return tree;
}

describeWith(SSH, 'an audit by SSH', bed => {
  describe.each([
    ['OpenSSH', openOpenssh],
    ['ssh2', openSsh2]
  ])('with %s', (_, open) => {
    let link: ILink;
    let host: IHost;
    const folder = mkdtempSync(join(tmpdir(), 'audit-ssh-'));
    const config = join(folder, 'config');
    beforeAll(async () => {
      link = await openLink(bed.aPort);
      const host = `Host away\n  Port ${link.port}\n  HostKeyAlias [localhost]:${bed.aPort}\n`;
      writeFileSync(config, host + readFileSync(bed.sshConfig, 'utf8'));
    });
    beforeEach(async () => {
      await link.tell({ 'black-hole': false, 'truncate-after': null });
      const { world } = sshWorld(bed, { keepalive: { intervalMs: 1000, countMax: 2 } });
      const env = { ...world.env, HEPBATCH_SSH_CONFIG: config };
      host = await open(address('away'), { ...world, env }, never);
    });
    afterEach(() => host.close());
    afterAll(() => {
      link.end();
      rmSync(folder, { recursive: true });
    });

    it('gives the same answer, the first time and later', async () => {
      const tree = analysis();
      const here = await auditOf(tree);
      expect(here).toMatch(/"truncated": 1/);
      expect(here).toMatch(/"empty": 1/);
      const cache = join(tree.root, 'cache');
      for (const check of ['names', 'new', 'new', 'all'] as const) {
        const wanted = check === 'names' ? await auditOf(tree, { check }) : here;
        expect(await auditOf(tree, { on: 'there', check }, host, cache)).toBe(wanted);
      }
    });

    it('reads headers, logs and the samples JSON there', async () => {
      const tree = new Tree();
      chmodSync(tree.root, 0o755);
      const header = Buffer.alloc(63);
      header.write('root');
      header.writeUInt32BE(63_200, 4);
      header.writeUInt32BE(63, 12);
      writeFileSync(join(tree.root, 'x.root'), header);
      tree.samples['A'] = ['x.root'];
      const logs = join(tree.root, 'logs');
      mkdirSync(join(logs, 'jobs'), { recursive: true });
      mkdirSync(join(logs, 'inputs'));
      writeFileSync(join(logs, 'inputs', 'A-x.json'), JSON.stringify({ A: ['x.root'] }));
      writeFileSync(join(logs, 'jobs', 'AN-A-x.out'), 'No surviving events in this run!\n');
      tree.events['A'] = { 'x.root': 10 };
      const more = { convention: 'Legacy', inputsOn: 'there', logs } as const;
      const said = await auditOf(tree, { ...more, on: 'there' }, host);
      expect(said).toContain('the log of its job says so');
      expect(said).toBe(await auditOf(tree, { ...more, inputsOn: 'here' }));
    });

    it('moves stale chunks there, and what changed meanwhile stays', async () => {
      const tree = new Tree();
      chmodSync(tree.root, 0o755);
      const names = ['a_Events_0-50', 'b_Events_0-50', "it's\n$HOME_Events_0-5", 'd_Events_0-9'];
      const paths = names.map(name => `A b/nominal/${name}.parquet`);
      paths.forEach(path => tree.chunk(path));
      execFileSync('chmod', ['-R', 'a+rwX', tree.source]);
      const place = {
        there: { key: 'there', host },
        env: {},
        source: tree.source,
        startedAt: new Date(Date.now() + 60_000).toISOString()
      };
      const { chunks, left } = await lookAtStale(place, paths);
      expect(left).toEqual([]);
      tree.chunk(paths[1] ?? '', 9);
      rmSync(join(tree.source, paths[3] ?? ''));
      const outcomes = await setAside(place, asideOf('now'), chunks);
      expect(outcomes.map(({ end }) => end)).toEqual(['removed', 'changed', 'removed', 'gone']);
      expect(readdirSync(join(tree.source, 'A b/nominal'))).toEqual(['b_Events_0-50.parquet']);
      expect(readdirSync(join(tree.source, asideOf('now'), 'A b/nominal'))).toHaveLength(2);
      await link.tell({ 'black-hole': true });
      await expect(setAside(place, asideOf('now'), chunks)).rejects.toMatchObject({
        code: expect.stringMatching(/unknown-outcome|connection-lost/) as unknown
      });
    });

    it.each([
      ['goes silent', { 'black-hole': true }],
      ['is cut', { 'truncate-after': 2000 }]
    ])('is never complete where the line %s', async (_how, fault) => {
      const tree = new Tree();
      chmodSync(tree.root, 0o755);
      for (let i = 0; i < 2000; i += 1) {
        tree.input(`D${i}`, 'f', 10);
        tree.folder(`D${i}/nominal`);
      }
      const lost = auditOf(tree, { on: 'there' }, host);
      await link.tell(fault);
      expect(await lost).toMatch(/^(connection-lost|unreachable): /);
    });
  });
});
