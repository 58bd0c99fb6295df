import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type * as z from 'zod';
import { AuditRequest, toFailure } from '../../../../contract';
import type { Tree } from '../../__tests__/tree';
import { InlinePool } from '../../pool';
import { reportBytes, resubmissionText } from '../../report';
import { runAudit } from '../../run-audit';
import type { IThere } from '../there';
import { thisMachine } from './here';

/** All that an audit gives, as text: its files, or why there are none. */
export async function auditOf(
  tree: Tree,
  more: Partial<z.input<typeof AuditRequest>> = {},
  host: IThere['host'] = thisMachine(),
  cacheFolder = mkdtempSync(join(tmpdir(), 'hepbatch-cache-'))
): Promise<string> {
  const { samplesJson, eventsJson: events, source } = tree.save();
  const request = AuditRequest.parse({
    samplesJson,
    source,
    convention: 'DAS',
    expected: 'events',
    events,
    ...more
  });
  const world = {
    env: { PATH: '/nowhere', HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? 'python3' },
    cwd: tree.root,
    cacheFolder,
    openPool: () => new InlinePool(),
    openHost: () => Promise.resolve({ key: 'there', host })
  };
  const never = new AbortController().signal;
  try {
    const outcome = await runAudit(request, world, { progress: () => undefined }, never);
    const { notes, notInJson } = outcome;
    const files = [reportBytes(outcome, request).toString('utf8'), resubmissionText(outcome)];
    return [...files, JSON.stringify({ notes, notInJson }, null, 1)].join('\n');
  } catch (error) {
    const { code, message } = toFailure(error);
    return `${code}: ${message}`;
  }
}

/** The answer of a tree on this machine; on another host it has to be the same. */
export async function sameBothWays(
  tree: Tree,
  more: Partial<z.input<typeof AuditRequest>> = {}
): Promise<string> {
  const here = await auditOf(tree, more);
  const there = await auditOf(tree, { ...more, on: 'there' });
  expect(there.replaceAll(' on this machine', '')).toBe(here);
  return here;
}
