import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { analysis, openAgent, requestOf, runAudit, until } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { AuditsList } from '../list';
import { AuditsModel } from '../model';
import { ReportPanel } from '../report';
import { ReportModel } from '../report-model';

const trans = nullTranslator.load('hepbatch');
const shown: Widget[] = [];

afterEach(() => shown.splice(0).forEach(widget => widget.dispose()));

function show(widget: Widget): HTMLElement {
  shown.push(widget);
  Widget.attach(widget, document.body);
  MessageLoop.flush();
  return widget.node;
}

/** What a screen reader would find: elements of a role, by their text. */
function byRole(node: HTMLElement, role: string, text = ''): HTMLElement[] {
  const found = node.querySelectorAll<HTMLElement>(
    role === 'button' ? 'button' : `[role="${role}"]`
  );
  return [...found].filter(({ textContent }) => textContent.includes(text));
}

async function open(tree = analysis()) {
  const agent = await openAgent();
  const heard = new Signal<object, AgentEvent>({});
  agent.events.subscribe(null, event => {
    heard.emit(event);
    return true;
  });
  const call = serverCall(agent.settings);
  const audits = new AuditsModel(call, heard);
  const actions = {
    exportJson: vi.fn(() => Promise.resolve()),
    cancel: vi.fn(() => Promise.resolve()),
    rerun: vi.fn(() => Promise.reject(new Error('the agent is gone'))),
    copy: vi.fn(),
    removeStale: vi.fn(() => Promise.resolve())
  };
  const report = (id: string) => {
    const model = new ReportModel({ id, call, heard, growing: 1 });
    const node = show(new ReportPanel({ model, actions, trans }));
    void model.refresh();
    return { model, node };
  };
  return { ...agent, tree, audits, actions, report, heard };
}

describe('the report', () => {
  it('shows the answer, the datasets and the files of a real audit', async () => {
    const { tree, audits, report } = await open();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    expect(node.textContent).toContain('3 of 4 files to process again');
    expect(node.textContent).toContain('150 of 310 events found');
    const rows = byRole(node, 'row').map(({ textContent }) => textContent);
    expect(rows.some(text => text.includes('GJet') && text.includes('33.3 %'))).toBe(true);
    // Colour is never the only sign: the word of the status is in the row.
    expect(byRole(node, 'gridcell', 'missing')).toHaveLength(2);
    expect(byRole(node, 'img')[0]?.getAttribute('aria-label')).toContain('complete');
  });

  it('says on which host the outputs are', async () => {
    const { tree, audits, report } = await open();
    const { id, state } = await runAudit(audits, tree, { on: 'away', inputsOn: 'there' });
    expect(state).toBe('done');
    const { node } = report(id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    expect(node.textContent).toContain(`Outputs: away:${tree.source}`);
    expect(node.textContent).toContain(`Samples: away:${tree.samplesJson}`);
  });

  it('filters by a click on a status, and says which filter is on', async () => {
    const { tree, audits, report } = await open();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    const chip = byRole(node, 'button', 'missing')[0];
    chip?.click();
    await until(() => byRole(node, 'tab', 'Files (2)').length > 0);
    await until(() => byRole(node, 'gridcell', 'partial').length === 0);
    expect(byRole(node, 'button', 'missing')[0]?.getAttribute('aria-pressed')).toBe('true');
    expect(byRole(node, 'row', 'complete')).toEqual([]);
  });

  it('shows the chunks of a file in words, and copies its path', async () => {
    const { tree, audits, report, actions } = await open();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    byRole(node, 'gridcell', 'partial')[0]?.click();
    await until(() => byRole(node, 'button', 'Copy names').length > 0);
    expect(node.textContent).toContain('50–100 absent');
    expect(node.textContent).toContain('GJet/nominal/b_Events_0-50.parquet');
    byRole(node, 'button', 'Copy path')[0]?.click();
    expect(actions.copy).toHaveBeenCalledWith(tree.samples['GJet']?.[1]);
  });

  it('exports what the menu says, for all and for the selection', async () => {
    const { tree, audits, report, actions } = await open();
    const { model, node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    const menu = async (text: string) => {
      node.querySelector<HTMLElement>('[aria-label="More ways to export"]')?.click();
      await until(() => byRole(node, 'menuitem', text).length > 0);
      byRole(node, 'menuitem', text)[0]?.click();
    };
    byRole(node, 'button', 'Export resubmission JSON')[0]?.click();
    expect(actions.exportJson).toHaveBeenLastCalledWith(null, 'download');
    await menu('Save beside the samples JSON');
    expect(actions.exportJson).toHaveBeenLastCalledWith(null, 'beside');
    model.view.select(model.shownDatasets, 1, 'one');
    await menu('selected datasets only');
    expect(actions.exportJson).toHaveBeenLastCalledWith(['Data'], 'download');
  });

  it('removes stale chunks, of the selected datasets alone', async () => {
    const { tree, audits, report, actions } = await open();
    const { model, node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', 'partial').length > 0);
    byRole(node, 'button', 'Remove stale chunks')[0]?.click();
    expect(actions.removeStale).toHaveBeenLastCalledWith(null);
    model.view.select(model.shownDatasets, 0, 'one');
    await until(() => node.textContent.includes('1 of 2 selected'));
    byRole(node, 'button', 'Remove stale chunks')[0]?.click();
    expect(actions.removeStale).toHaveBeenLastCalledWith(['GJet']);
    tree.chunk('GJet/nominal/b_Events_50-100.parquet');
    const { node: fine } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(fine, 'gridcell', 'missing').length > 0);
    expect(byRole(fine, 'button', 'Remove stale chunks')).toEqual([]);
  });

  it('says what went wrong when a verb fails', async () => {
    const { tree, audits, report } = await open();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'button', 'Run again').length > 0);
    byRole(node, 'button', 'Run again')[0]?.click();
    await until(() => byRole(node, 'alert').length > 0);
    expect(byRole(node, 'alert')[0]?.textContent).toContain('the agent is gone');
  });

  it('says honestly that all is complete, and that nothing could be done', async () => {
    const { tree, audits, report } = await open();
    tree.samples['GJet']?.splice(1);
    delete tree.samples['Data'];
    tree.save();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => node.textContent.includes('The file is complete.'));
    const failed = await audits.start({ ...requestOf(tree), samplesJson: '/nowhere/s.json' });
    const second = report(failed.id);
    await until(() => byRole(second.node, 'alert').length > 0);
    expect(second.node.textContent).toContain('/nowhere/s.json');
    const third = report('nobody');
    await until(() => byRole(third.node, 'button', 'Try again').length > 0);
  });

  it('shows names of files as text, whatever they hold', async () => {
    const { tree, audits, report } = await open();
    tree.input('<img src=x onerror=alert(1)>', '<script>x</script>', 10);
    tree.save();
    const { node } = report((await runAudit(audits, tree)).id);
    await until(() => byRole(node, 'gridcell', '<script>').length > 0);
    expect(node.querySelector('script, img')).toBeNull();
  });
});

describe('the list', () => {
  it('invites to a first audit, and then shows it with its verbs', async () => {
    const { tree, audits } = await open();
    const create = vi.fn();
    const act = vi.fn();
    const actions = { create, open: act, cancel: act, rerun: act, remove: act };
    const node = show(new AuditsList({ model: audits, most: 1, actions, trans }));
    await audits.refresh();
    await until(() => byRole(node, 'button', 'New audit').length > 0);
    byRole(node, 'button', 'New audit')[0]?.click();
    expect(create).toHaveBeenCalledOnce();
    await runAudit(audits, tree);
    const { id } = await runAudit(audits, tree);
    await until(() => node.textContent.includes('3 of 4 files to resubmit'));
    expect(node.querySelectorAll('li')).toHaveLength(1);
    expect(node.textContent).toContain('1 older audit');
    byRole(node, 'button', 'Remove')[0]?.click();
    expect(act).toHaveBeenLastCalledWith(id);
  });

  it('says on which host the outputs are, and runs it there again', async () => {
    const { tree, audits } = await open();
    const act = vi.fn();
    const actions = { create: act, open: act, cancel: act, rerun: act, remove: act };
    const node = show(new AuditsList({ model: audits, most: 9, actions, trans }));
    await audits.refresh();
    const { id } = await runAudit(audits, tree, { on: 'away' });
    await until(() => node.textContent.includes(`away:${tree.source}`));
    expect(node.textContent).not.toContain(`away:${tree.samplesJson}`);
    const again = await audits.rerun(id);
    expect(again.request).toMatchObject({ on: 'away', inputsOn: 'here', source: tree.source });
  });
});
