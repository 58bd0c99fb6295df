import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../__tests__/real-agent';
import { button } from '../../connections/__tests__/views';
import { askRetry, mayAct, mayRun, outcomeWords } from '../dialogs';
import { job, submission } from './jobs';

const trans = nullTranslator.load('hepbatch');
afterEach(() => Dialog.flush());

/** The dialog on the page, with so many fields. */
async function shown(fields: number): Promise<HTMLElement> {
  await until(
    () =>
      document.querySelector('.jp-Dialog .jp-Dialog-button') !== null &&
      document.querySelector('.jp-Dialog .jp-Dialog-header')?.textContent !== '' &&
      document.querySelectorAll('.jp-Dialog .jp-hepbatch-DialogField').length === fields
  );
  const dialog = document.querySelector<HTMLElement>('.jp-Dialog');
  if (dialog === null) {
    throw new Error('no dialog');
  }
  return dialog;
}

function type(dialog: HTMLElement, label: string, value: string): void {
  const named = [...dialog.querySelectorAll('label')].find(({ textContent }) =>
    textContent.startsWith(label)
  );
  const field = named?.querySelector<HTMLInputElement | HTMLSelectElement>('input, select');
  if (field === null || field === undefined) {
    throw new Error(`no field ${label}`);
  }
  const kind = field instanceof HTMLInputElement ? HTMLInputElement : HTMLSelectElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, value);
  const event = field instanceof HTMLInputElement ? 'input' : 'change';
  field.dispatchEvent(new Event(event, { bubbles: true }));
}

const press = (dialog: HTMLElement, words: string) => {
  const found = [...dialog.querySelectorAll('button')].find(
    ({ textContent }) => textContent === words
  );
  (found ?? button(dialog, words))?.click();
};

const jobs = [
  job({ proc: 0, state: 'held', requestedMemoryMb: 2000, node: 'b7g1.cern.ch' }),
  job({ proc: 1, state: 'failed', requestedMemoryMb: 3000 })
];

it('asks what the next attempt shall have, and says how many are released and sent', async () => {
  const asked = askRetry(submission({ backend: 'vanilla-lxplus' }), jobs, trans);
  const dialog = await shown(3);
  expect(dialog.textContent).toContain('Retry 2 jobs: 1 held are released, 1 are submitted again');
  const hints = [...dialog.querySelectorAll('input')].map(({ placeholder }) => placeholder);
  expect(hints).toEqual(['as it is: 3000', 'such as b7g1.cern.ch']);
  type(dialog, 'Memory of each job in MB', '4001');
  type(dialog, 'Job flavour', 'tomorrow');
  type(dialog, 'Exclude nodes', 'b7g1.cern.ch, b7g2.cern.ch');
  press(dialog, 'Retry 2 jobs');
  expect(await asked).toEqual({
    memoryMb: 4001,
    queue: 'tomorrow',
    walltimeSeconds: null,
    excludeNodes: ['b7g1.cern.ch', 'b7g2.cern.ch']
  });
});

it('changes nothing that is left empty, and asks a Slurm for hours', async () => {
  const asked = askRetry(submission({ backend: 'vanilla-slurm' }), jobs, trans);
  const dialog = await shown(4);
  type(dialog, 'Wall time in hours', '1.5');
  press(dialog, 'Retry 2 jobs');
  expect(await asked).toEqual({
    ...{ memoryMb: null, queue: null, walltimeSeconds: 5400, excludeNodes: [] }
  });
});

it('asks for memory alone on this machine, and retries nothing where one thinks better of it', async () => {
  const asked = askRetry(submission(), jobs, trans);
  const dialog = await shown(1);
  expect(dialog.querySelectorAll('input, select')).toHaveLength(1);
  press(dialog, 'Cancel');
  expect(await asked).toBeNull();
});

it.each([
  ['hold', 'Hold 3 jobs?', 'Hold'],
  ['release', 'Release 3 jobs?', 'Release'],
  ['remove', 'Remove 3 jobs?', 'Remove']
] as const)('names how many before it does %s', async (verb, title, label) => {
  const asked = mayAct(verb, submission(), 3, trans);
  const dialog = await shown(0);
  expect(dialog.textContent).toContain(title);
  press(dialog, label);
  expect(await asked).toBe(true);
});

it('says what a fetch takes away, and does not fetch unasked', async () => {
  const asked = mayRun('fetch', submission({ counts: { succeeded: 4 } }), trans);
  const dialog = await shown(0);
  expect(dialog.textContent).toContain('its 4 completed jobs leave the queue');
  press(dialog, 'Cancel');
  expect(await asked).toBe(false);
});

it('tells what did not come of an action, and nothing where all was done', () => {
  const done = { cluster: 'AN-A', jobs: 1, end: 'done', words: '' } as const;
  expect(outcomeWords([done], trans)).toBeNull();
  const refused = { cluster: 'AN-B', jobs: 2, end: 'refused', words: 'not yours' } as const;
  expect(outcomeWords([done, refused], trans)).toBe('AN-B, 2 jobs: refused. not yours');
});
