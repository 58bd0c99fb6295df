import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Upstream } from '../../../../agent/clusters/dashboards/__tests__/upstream';
import { until } from '../../../__tests__/real-agent';
import { ConnectionsModel } from '../../../connections/model';
import { ChooserView } from '../chooser';
import { openRealDashboards } from './real-dashboards';

const trans = nullTranslator.load('hepbatch');
let real: ReturnType<typeof openRealDashboards>;
let upstream: Upstream;
let view: ChooserView;
const opened: string[] = [];

beforeEach(async () => {
  real = openRealDashboards();
  upstream = await new Upstream().begin();
  const connections = new ConnectionsModel(real.call, real.heard);
  await Promise.all([real.model.refresh(), connections.refresh()]);
  opened.length = 0;
  view = new ChooserView({
    model: real.model,
    connections,
    open: (id, path) => opened.push(`${id} ${path}`),
    layOut: id => opened.push(id),
    trans
  });
  Widget.attach(view, document.body);
  await until(() => view.node.querySelector('form') !== null);
});

afterEach(async () => {
  view.dispose();
  await real.dispose();
  await upstream.end();
});

const button = (name: string) =>
  [...view.node.querySelectorAll('button')].find(({ textContent }) => textContent === name);

async function open(address: string): Promise<void> {
  const field = view.node.querySelector<HTMLInputElement>('form input');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  set?.call(field, address);
  field?.dispatchEvent(new Event('input', { bubbles: true }));
  await until(() => field?.value === address);
  view.node.querySelector('form')?.requestSubmit();
}

it('opens a dashboard by its address, and offers its pages and plots', async () => {
  await open(upstream.address);
  await until(() => opened.length === 1);
  const [{ id } = { id: '' }] = real.model.dashboards;
  expect(opened).toEqual([`${id} status`]);
  await until(() => button('Cpu') !== undefined);
  button('Cpu')?.click();
  button('Open the usual plots')?.click();
  expect(opened.slice(1)).toEqual([`${id} individual-cpu`, id]);
  button('Remove')?.click();
  await until(() => view.node.textContent.includes('has a dashboard'));
});

it('says why an address cannot be opened', async () => {
  const { address } = upstream;
  await upstream.end();
  await open(address);
  await until(() => view.node.querySelector('form [role="alert"]') !== null);
  expect(view.node.querySelector('form [role="alert"]')?.textContent).toContain(address);
  expect(opened).toEqual([]);
  await upstream.begin();
});
