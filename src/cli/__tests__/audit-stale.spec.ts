/** `hepbatch audit --remove-stale`: what it shows, asks and moves. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Tree } from '../../agent/audits/__tests__/tree';
import { until } from '../../agent/__tests__/served';
import { bundleCli, newHome, start, startInTerminal } from './program';
import { runAuditCommand } from './terminal';

function analysis(): { tree: Tree; argv: string[]; nominal: () => string[] } {
  const tree = new Tree();
  tree.input('A', 'whole', 100);
  tree.input('A', 'half', 100);
  tree.chunk('A/nominal/whole_Events_0-100.parquet');
  tree.chunk('A/nominal/half_Events_0-50.parquet');
  tree.save();
  const argv = ['--json', tree.samplesJson, '--source', tree.source, '--convention', 'DAS'];
  argv.push('--events', tree.eventsJson, '--remove-stale');
  return { tree, argv, nominal: () => readdirSync(join(tree.source, 'A/nominal')).sort() };
}

const BOTH = ['half_Events_0-50.parquet', 'whole_Events_0-100.parquet'];

describe('--remove-stale', () => {
  it('moves them with --yes, and the next audit finds none', async () => {
    const { tree, argv, nominal } = analysis();
    const { status, stdout } = await runAuditCommand([...argv, '--yes']);
    expect(stdout).toMatch(/1 of 1 stale chunks moved to \S+\/\.hepbatch-stale-\d{17}; remove/);
    expect(status).toBe(1); // still to be resubmitted
    expect(nominal()).toEqual(['whole_Events_0-100.parquet']);
    const [aside = ''] = readdirSync(tree.source).filter(name => name.startsWith('.'));
    expect(readdirSync(join(tree.source, aside, 'A/nominal'))).toEqual([BOTH[0]]);
    const again = await runAuditCommand([...argv, '--yes']);
    expect(again.stdout).toContain('No chunk is stale.');
    expect(again.stdout).toContain('1 file to resubmit');
    expect(again.stdout).not.toContain('.hepbatch-stale');
  });

  it('moves nothing of a dataset that is unknown', async () => {
    const { tree, argv, nominal } = analysis();
    tree.input('B', 'f', 10);
    tree.file('B', 'no folder');
    tree.save();
    const { status, stdout } = await runAuditCommand([...argv, '--yes']);
    expect(status).toBe(2);
    expect(stdout).toContain('1 of 1 stale chunks moved');
    expect(nominal()).toHaveLength(1);
  });
});

describe('--remove-stale in a terminal', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundleCli();
  });

  it.each([
    ['y\r', 1, [BOTH[1]]],
    ['\r', 2, BOTH]
  ])('asks with number and size; %j', async (answer, code, left) => {
    const { argv, nominal } = analysis();
    const { env } = await newHome();
    const words = [process.execPath, program, 'audit', ...argv];
    const { child, said, ended } = startInTerminal(words, env);
    await until(() => said.out.includes('?'));
    expect(said.out).toMatch(/Move 1 stale chunk, \d+ B, to \S+\/\.hepbatch-stale-\d{17}\?/);
    child.stdin.write(answer);
    expect((await ended).code).toBe(code);
    expect(nominal()).toEqual(left);
  });

  it('only says what it would do without one', async () => {
    const { argv, nominal } = analysis();
    const { env } = await newHome();
    const words = ['setsid', '--wait', process.execPath, program, 'audit', ...argv];
    const { code, out } = await start(words, env).ended;
    expect(code).toBe(2);
    expect(out).toContain('would be moved: A/nominal/half_Events_0-50.parquet');
    expect(out).toContain('none was moved; --yes moves them');
    expect(nominal()).toEqual(BOTH);
  });
});
