import { KernelMessage } from '@jupyterlab/services';
import { expect, it } from 'vitest';
import { isEndOfWork, shownAlready } from '../kernel-clusters';
import { cluster } from './real-clusters';

const ADDRESS = 'tcp://127.0.0.1:4000';
const scheduler = { address: ADDRESS, tls: false, host: 'here', dashboard: null, loopback: null };

it('knows the cards of a scheduler, on any connection and through the port of this machine', () => {
  const far = cluster('c-1', { connection: 'far', scheduler });
  const open = cluster('c-2', {
    scheduler: { ...scheduler, address: 'tls://far:8786', loopback: ADDRESS }
  });
  expect(shownAlready([cluster('c-0'), far], ADDRESS)).toBe(far);
  expect(shownAlready([open], ADDRESS)).toBe(open);
  expect(shownAlready([cluster('c-0')], ADDRESS)).toBeNull();
});

it('takes no card of one that is over for another with the same port', () => {
  const over = cluster('c-1', { scheduler, state: 'stopped' });
  const gone = cluster('c-2', { scheduler, state: 'lost', origin: 'kernel' });
  const lost = cluster('c-3', { scheduler, state: 'lost' });
  expect(shownAlready([over, gone], ADDRESS)).toBeNull();
  expect(shownAlready([over, gone, lost], ADDRESS)).toBe(lost);
});

it('hears the end of what this page ran, and of nothing else', () => {
  const parent = (session: string) =>
    KernelMessage.createMessage({
      msgType: 'execute_request',
      channel: 'shell',
      session,
      content: { code: '' }
    }).header;
  const status = (execution_state: 'idle' | 'busy', session: string) =>
    KernelMessage.createMessage<KernelMessage.IStatusMsg>({
      msgType: 'status',
      channel: 'iopub',
      session: 'kernel',
      parentHeader: parent(session),
      content: { execution_state }
    });
  const kernel = { clientId: 'this-page' };
  expect(isEndOfWork(status('idle', 'this-page'), kernel)).toBe(true);
  expect(isEndOfWork(status('busy', 'this-page'), kernel)).toBe(false);
  expect(isEndOfWork(status('idle', 'another-page'), kernel)).toBe(false);
});
