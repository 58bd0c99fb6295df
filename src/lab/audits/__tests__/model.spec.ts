// @vitest-environment node
import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { analysis, openAgent, requestOf, runAudit, until } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { AuditsModel } from '../model';

/** A model on a real agent, whose events it hears. */
async function open() {
  const agent = await openAgent();
  const heard = new Signal<object, AgentEvent>({});
  agent.events.subscribe(null, event => {
    heard.emit(event);
    return true;
  });
  const model = new AuditsModel(serverCall(agent.settings), heard);
  let changes = 0;
  model.stateChanged.connect(() => (changes += 1));
  return { ...agent, heard, model, changes: () => changes };
}

it('shows the audits of the agent, the newest first, and follows them to their end', async () => {
  const { model } = await open();
  await model.refresh();
  expect(model.isLoaded).toBe(true);
  expect(model.audits).toEqual([]);
  const tree = analysis();
  const first = await runAudit(model, tree);
  const second = await model.start(requestOf(tree));
  expect(model.audits.map(({ id }) => id)).toEqual([second.id, first.id]);
  await until(() => model.audits[0]?.state === 'done');
  expect(model.audits[0]?.summary?.resubmit).toBe(3);
});

it('runs an audit again with the same request, and says what changed', async () => {
  const { model } = await open();
  const tree = analysis();
  const first = await runAudit(model, tree);
  tree.chunk('GJet/nominal/c_Events_0-100.parquet');
  const again = await model.rerun(first.id);
  expect(again.request).toEqual(first.request);
  await until(() => model.audits[0]?.state === 'done');
  expect(model.audits[0]?.changes).toMatchObject({ mended: 1, broken: 0 });
});

it('forgets what was removed, here or elsewhere', async () => {
  const { model, events } = await open();
  const { id } = await runAudit(model, analysis());
  await model.remove(id);
  expect(model.audits).toEqual([]);
  const other = await runAudit(model, analysis());
  events.publish({ topic: 'audit-removed', id: other.id });
  expect(model.audits).toEqual([]);
  await expect(model.remove('nobody')).rejects.toMatchObject({ code: 'not-found' });
});

it('asks for everything again after a reset', async () => {
  const { model, heard, asked } = await open();
  await runAudit(model, analysis());
  asked.length = 0;
  heard.emit({ sequence: 0, topic: 'reset' });
  await until(() => asked.includes('/audits'));
  await until(() => model.isLoaded);
  expect(model.audits).toHaveLength(1);
});

it('does not let a slow list undo what was told meanwhile', async () => {
  const { settings, events, heard } = await open();
  const call = serverCall(settings);
  const { id } = await runAudit(new AuditsModel(call, heard), analysis());
  let answer: (() => void) | null = null;
  const slow = new AuditsModel(async (endpoint, body) => {
    const said = await call(endpoint, body);
    await new Promise<void>(resolve => (answer = resolve));
    return said;
  }, heard);
  const reading = slow.refresh();
  await until(() => answer !== null);
  events.publish({ topic: 'audit-removed', id });
  (answer as (() => void) | null)?.();
  await reading;
  expect(slow.audits).toEqual([]);
  slow.dispose();
});

it('keeps why the list could not be read, and the list it had', async () => {
  const { model, settings, heard } = await open();
  await runAudit(model, analysis());
  await model.refresh();
  const broken = new AuditsModel(
    serverCall({ ...settings, baseUrl: 'http://127.0.0.1:9/' }),
    heard
  );
  await broken.refresh();
  expect(broken.isLoaded).toBe(false);
  expect(broken.failure).toMatchObject({ data: { next: expect.any(String) as string } });
  expect(model.failure).toBeNull();
  broken.dispose();
});

it('hears nothing after it was disposed', async () => {
  const { model, events, changes } = await open();
  model.dispose();
  const before = changes();
  events.publish({ topic: 'audit-removed', id: 'x' });
  expect(changes()).toBe(before);
  expect(model.isDisposed).toBe(true);
});
