import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod';
import { AuditReport, type DatasetReport, type Problem } from '../../contract';
import { thisMachine } from '../../agent/audits/there/__tests__/here';
import type { Tree } from '../../agent/audits/__tests__/tree';
import { runAuditCommand, type ISaid } from './terminal';

/** All that an audit gave: what it said, missing.json, report.json. */
export interface IAnswers extends ISaid {
  readonly missing: Record<string, string[]>;
  readonly report: AuditReport;
  readonly dataset: (name: string) => DatasetReport;
  readonly problem: (name: string, stem: string) => Problem | undefined;
}

const readText = (path = '') => (existsSync(path) ? readFileSync(path, 'utf8') : 'none');

/**
 * Audits a tree through the command line, the way users do: on this machine, and as if it were on
 * another host.
 */
export async function auditTree(
  tree: Tree,
  argv: readonly string[] = [],
  env: Record<string, string> = {}
): Promise<IAnswers> {
  tree.save();
  const [missingPath, reportPath] = ['missing.json', 'report.json'].map(name =>
    join(tree.root, name)
  );
  const convention = argv.includes('--convention') ? [] : ['--convention', 'DAS'];
  const all = [
    '--json',
    tree.samplesJson,
    '--source',
    tree.source,
    ...convention,
    '--output',
    missingPath ?? ''
  ].concat(['--report', reportPath ?? ''], argv);
  const said = await runAuditCommand(all, { cwd: tree.root, env });
  const written = [missingPath, reportPath].map(readText);
  // The same on another host, which happens to be this one, has to give the same, byte for byte.
  const host = thisMachine({ PATH: '/usr/bin:/bin', ...env });
  const openHost = () => Promise.resolve({ key: 'there', host });
  const there = await runAuditCommand([...all, '--on', 'there'], { cwd: tree.root, env, openHost });
  expect(there).toEqual(said);
  expect([missingPath, reportPath].map(readText)).toEqual(written);
  const read = (path = ''): unknown => JSON.parse(readText(path));
  const report = AuditReport.parse(read(reportPath));
  const dataset = (name: string) => {
    const found = report.datasets[name];
    if (!found) {
      throw new Error(`no dataset ${name} in the report`);
    }
    return found;
  };
  return {
    ...said,
    missing: z.record(z.string(), z.array(z.string())).parse(read(missingPath)),
    report,
    dataset,
    problem: (name, stem) =>
      dataset(name).problems.find(({ file }) => file.endsWith(`/${stem}.root`))
  };
}

/** Arguments for the events file of a tree. */
export const withEvents = (tree: Tree) => ['--events', tree.eventsJson];
