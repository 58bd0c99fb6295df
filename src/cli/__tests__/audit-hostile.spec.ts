/** Input that nobody wants: each ends in a clear message, and nothing is lost. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { parquetBytes, Tree } from '../../agent/audits/__tests__/tree';
import { auditTree, withEvents } from './answers';
import { runAuditCommand } from './terminal';

/** The bundle, with its threads, where every user may read it. */
const bundle = mkdtempSync(join(tmpdir(), 'hepbatch-bundle-'));
beforeAll(async () => {
  chmodSync(bundle, 0o755);
  await build({
    entryPoints: { hepbatch: 'src/cli/main.ts', 'audit-worker': 'src/agent/audits/worker/main.ts' },
    outdir: bundle,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.node': 'empty' },
    external: ['cpu-features', './crypto/build/Release/sshcrypto.node'],
    define: { HEPBATCH_VERSION: '"1.2.3"' }
  });
});

const program = () => join(bundle, 'hepbatch.cjs');

function argvOf(tree: Tree, ...more: string[]): string[] {
  tree.save();
  const to = ['-o', join(tree.root, 'missing.json'), '--report', join(tree.root, 'report.json')];
  return ['audit', '-j', tree.samplesJson, '-s', tree.source, '-c', 'DAS', ...to, ...more];
}

/** Somebody who may do nothing: root is above permissions, so root becomes nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

describe('names', () => {
  it('with markup, newlines, escapes and invalid UTF-8 are data', async () => {
    const tree = new Tree();
    const evil = '<img src=x onerror=alert(1)>\n\u001b[2J\u202e';
    tree.input(`A${evil.replace('/', '')}`, `f${evil}`, 10);
    const [dataset = ''] = Object.keys(tree.samples);
    tree.chunk(`${dataset}/nominal/f${evil}_Events_0-10.parquet`);
    tree.file(`${dataset}/nominal/${evil}`, 'x');
    const folder = Buffer.from(join(tree.source, dataset, 'nominal') + '/');
    writeFileSync(
      Buffer.concat([folder, Buffer.from([0xff, 0xfe]), Buffer.from('_Events_0-5.parquet')]),
      'x'
    );
    const { report, stdout, stderr, status } = await auditTree(tree, withEvents(tree));
    expect(report.datasets[dataset]?.files.complete).toBe(1);
    expect(report.datasets[dataset]?.foreign).toHaveLength(2);
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toContain('\\u001b[2J');
  });
});

describe('samples JSON', () => {
  it.each([
    ['[]', 'no JSON object'],
    ['{}', 'names no dataset'],
    ['{"A": "x.root"}', 'no list of files'],
    ['{"A": ["x.root", 3]}', 'file 2 is no file name: 3'],
    ['{"A": ["x.root",]}', 'not valid JSON'],
    ['', 'not valid JSON'],
    ['\u0000', 'not valid JSON']
  ])('%j is refused with one line', async (text, word) => {
    const tree = new Tree();
    writeFileSync(tree.samplesJson, text);
    const said = await runAuditCommand(['-j', tree.samplesJson, '-s', tree.source, '-c', 'DAS']);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain(word);
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('of 200 MB is answered', { timeout: 180_000 }, () => {
    const tree = new Tree();
    const argv = argvOf(tree);
    const url = (i: number) => `root://h//store/mc/E/A/NANO/v1/1/${'x'.repeat(900)}${i}.root`;
    const urls = Array.from({ length: 220_000 }, (_, i) => url(i));
    writeFileSync(tree.samplesJson, JSON.stringify({ A: urls }));
    tree.file(`A/nominal/${'x'.repeat(200)}_Events_0-5.parquet`, parquetBytes());
    const { status, stdout, stderr } = spawnSync(process.execPath, [program(), ...argv], {
      encoding: 'utf8'
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('220000 files to resubmit');
    expect(status).toBe(1);
    rmSync(tree.root, { recursive: true });
  });
});

describe('folders', () => {
  it('that are loops of links make their dataset unknown, others are answered', async () => {
    const tree = new Tree();
    tree.input('Loop', 'f', 10);
    tree.input('InLoop', 'f', 10);
    tree.input('Fine', 'g', 10);
    tree.link('Loop', join(tree.source, 'Loop'));
    tree.chunk('InLoop/nominal/f_Events_0-10.parquet');
    tree.link('InLoop/nominal/again', join(tree.source, 'InLoop'));
    tree.link('InLoop/self_up', join(tree.source, 'InLoop', 'self_up'));
    tree.chunk('Fine/nominal/g_Events_0-10.parquet');
    const { dataset, status } = await auditTree(tree, withEvents(tree));
    expect(dataset('Loop').unknown).toContain('ELOOP');
    expect(dataset('InLoop').files.complete).toBe(1);
    expect(dataset('Fine').files.complete).toBe(1);
    expect(status).toBe(2);
  });

  it('and chunks without permission are unknown, not missing', () => {
    const tree = new Tree();
    tree.input('Closed', 'f');
    tree.input('Secret', 'g');
    tree.input('Fine', 'h');
    tree.chunk('Closed/nominal/f_Events_0-10.parquet');
    const secret = tree.chunk('Secret/nominal/g_Events_0-10.parquet');
    tree.chunk('Fine/nominal/h_Events_0-10.parquet');
    chmodSync(join(tree.source, 'Closed', 'nominal'), 0o000);
    chmodSync(secret, 0o000);
    chmodSync(tree.root, 0o777);
    const options = {
      encoding: 'utf8',
      env: { XDG_CACHE_HOME: join(tree.root, 'cache') },
      ...nobody
    } as const;
    const said = spawnSync(process.execPath, [program(), ...argvOf(tree)], options);
    expect(said.stderr).toMatch(/Closed is unknown: .*EACCES/);
    expect(said.stderr).toMatch(/Secret is unknown: .*EACCES/);
    expect(said.status).toBe(2);
    expect(JSON.parse(readFileSync(join(tree.root, 'missing.json'), 'utf8'))).toEqual({});
    chmodSync(join(tree.source, 'Closed', 'nominal'), 0o755);
  });
});

describe('the export', () => {
  it('that finds the disk full says so and leaves the old one as it is', () => {
    const tree = new Tree();
    for (let i = 0; i < 2000; i += 1) {
      tree.input('A', `file-number-${i}`);
    }
    const argv = argvOf(tree);
    writeFileSync(join(tree.root, 'missing.json'), '{"old": []}');
    // A limit of the size of files is what a full disk looks like, and needs no mount.
    const limited = ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, program(), ...argv];
    const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect(stderr).toMatch(/EFBIG|file too large/i);
    expect(status).toBe(2);
    expect(readFileSync(join(tree.root, 'missing.json'), 'utf8')).toBe('{"old": []}');
  });

  it.each([
    ['a folder that is not there', 'no/such/missing.json'],
    ['a folder', '.']
  ])('into %s is refused', async (_, target) => {
    const tree = new Tree();
    tree.input('A', 'f');
    tree.save();
    const argv = [
      '-j',
      tree.samplesJson,
      '-s',
      tree.source,
      '-c',
      'DAS',
      '-o',
      join(tree.root, target)
    ];
    const { status, stderr } = await runAuditCommand(argv);
    expect(status).toBe(2);
    expect(stderr).toContain(join(tree.root, target).replace(/\/missing\.json$/, ''));
  });
});

it('Ctrl-C ends a long audit at once, with nothing written and no child left', async () => {
  const tree = new Tree();
  tree.input('A', 'f');
  const client = join(tree.root, 'dasgoclient');
  const alive = join(tree.root, 'alive');
  writeFileSync(client, `#!/bin/sh\necho $$ > ${alive}\nsleep 300\n`, { mode: 0o755 });
  const argv = argvOf(tree, '--dasgoclient', client);
  const child = spawn(process.execPath, [program(), ...argv], { stdio: 'ignore' });
  const ended = new Promise<number | null>(resolve => child.on('exit', code => resolve(code)));
  while (!existsSync(alive)) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(existsSync(join(tree.root, 'missing.json'))).toBe(false);
  const pid = readFileSync(alive, 'utf8').trim();
  const state = existsSync(`/proc/${pid}/stat`)
    ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]
    : 'gone';
  expect(['gone', 'Z']).toContain(state);
});
