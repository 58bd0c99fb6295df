import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import { audits } from '../../contract';
import type { AgentEvent } from '../../contract';
import { analysis, openAgent, runAudit, until } from '../../lab/__tests__/real-agent';
import { serverCall } from '../../lab/agent';
import { AuditsModel } from '../../lab/audits/model';
import { AuditModel, auditView } from '../audits';
import { modelOf } from './kernel';

/** A model whose kernel passes questions on to the real agent, as the Python class does. */
async function open() {
  const agent = await openAgent();
  const call = serverCall(agent.settings);
  const list = new AuditsModel(call, new Signal<object, AgentEvent>({}));
  const audit = await runAudit(list, analysis());
  list.dispose();
  const { model, event } = modelOf(AuditModel, agent.app, { audit_id: audit.id, audit });
  return { ...agent, audit, model, event };
}

it('asks through the comm and hears what the kernel hears', async () => {
  const { model, audit, event } = await open();
  expect(model.auditId).toBe(audit.id);
  expect(model.audit?.summary?.resubmit).toBe(3);
  await expect(model.road.call(audits.read, { id: audit.id })).resolves.toEqual(audit);
  const heard: string[] = [];
  model.heard.connect((_, { topic }) => heard.push(topic));
  event({ sequence: 1, topic: 'audit-removed', id: 'x' });
  expect(heard).toEqual(['audit-removed']);
});

it('shows the report in the cell, from the traits alone, and keeps its keys for itself', async () => {
  const { model, audit } = await open();
  const View = auditView(nullTranslator.load('hepbatch'));
  const view = new View({ model, el: document.createElement('div') });
  document.body.append(view.el);
  view.render();
  view.trigger('displayed');
  MessageLoop.flush();
  await until(() => view.el.textContent.includes('3 of 4 files to process again'));
  await until(() => view.el.textContent.includes('partial'));
  expect(view.el.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
  expect(view.el.textContent).not.toContain('Run again');
  model.set('audit', { ...audit, notes: ['told by the kernel'] });
  await until(() => view.el.textContent.includes('told by the kernel'));
  // The Lab takes the output out of the page before it tells the view.
  view.el.remove();
  expect(() => {
    view.remove();
  }).not.toThrow();
});
