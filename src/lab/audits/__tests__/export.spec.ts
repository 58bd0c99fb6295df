// @vitest-environment node
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { analysis, openAgent, runAudit } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { saveResubmission } from '../export';
import { AuditsModel } from '../model';

async function open() {
  const tree = analysis();
  const { settings } = await openAgent();
  const call = serverCall(settings);
  const { id } = await runAudit(new AuditsModel(call, new Signal<object, AgentEvent>({})), tree);
  const path = join(tree.root, 'samples_missing.json');
  const save = (mayOverwrite: () => Promise<boolean>, datasets: string[] | null = null) =>
    saveResubmission({ call, id, datasets, path, pathOn: 'here', mayOverwrite });
  const written = (): unknown => JSON.parse(readFileSync(path, 'utf8'));
  return { tree, path, save, written };
}

it('writes the files to process again, without asking where no file is', async () => {
  const { tree, save, written } = await open();
  const ask = vi.fn(() => Promise.resolve(true));
  expect(await save(ask)).toMatchObject({ files: 3, datasets: 2 });
  expect(ask).not.toHaveBeenCalled();
  expect(written()).toEqual({ GJet: tree.samples['GJet']?.slice(1), Data: tree.samples['Data'] });
});

it('leaves a file as it is unless the user agrees to lose it', async () => {
  const { path, save, written } = await open();
  writeFileSync(path, '{"mine": []}');
  expect(await save(() => Promise.resolve(false))).toBeNull();
  expect(written()).toEqual({ mine: [] });
  expect(await save(() => Promise.resolve(true))).toMatchObject({ files: 3 });
  expect(written()).not.toHaveProperty('mine');
});

it('writes the selected datasets only', async () => {
  const { save, written } = await open();
  await save(() => Promise.resolve(true), ['Data']);
  expect(Object.keys(written() as object)).toEqual(['Data']);
});
