import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jupyterlab/galata';
import { card, end, execute, SLOW, start } from './clusters';
import { moves } from './dask';
import { openSidebar, reload } from './lab';
import { OwnLab } from './own-lab';

const PORT = Number(process.env['HEPBATCH_UI_PORT'] ?? 18723) + 2;

/** A script of a user, somewhere else: it keeps a cluster at work, and counts what came back. */
const WORK = `
import sys, threading, time, hepbatch
client = hepbatch.client("mine")
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
done = 0
while not over.wait(0.2):
    done += sum(client.gather(client.map(lambda n: time.sleep(0.05) or 1, range(4), pure=False)))
    print(done, flush=True)
client.close()
`;

test.use({
  autoGoto: false,
  baseURL: `http://127.0.0.1:${PORT}`,
  // Galata would ask the server in the place of the page, and fail the test while it is away.
  kernels: null,
  sessions: null,
  terminals: null
});
test.describe.configure({ timeout: 180_000 });

let lab: OwnLab;
test.beforeAll(async () => {
  lab = new OwnLab(PORT);
  await lab.start();
});
test.afterAll(() => lab.end());

test('a killed Jupyter server loses nothing, and its panels come back by themselves', async ({
  page
}) => {
  await page.goto();
  const made = await start(page, 'mine');
  const id = await made.getAttribute('data-cluster');
  const work = spawn('python3', ['-c', WORK], { env: lab.env, stdio: ['pipe', 'pipe', 'inherit'] });
  let done = 0;
  createInterface(work.stdout).on('line', line => (done = Number(line)));

  await made.getByRole('button', { name: 'Dashboards' }).click();
  await moves(page, 'status');
  await execute(page, 'hepbatch:lay-out-dashboards');
  await moves(page, 'individual-task-stream');

  await lab.kill();
  const away = page.getByText('Jupyter or the agent is away. The dashboard comes back with it.');
  await expect(away.filter({ visible: true }).first()).toBeVisible(SLOW);
  // Nor does Bokeh's own notice stand there.
  await expect(page.locator('.jp-hepbatch-Dashboard iframe').filter({ visible: true })).toHaveCount(
    0
  );
  await expect(page.getByText('The agent was lost; connecting again…')).toBeVisible();
  const before = done;
  await lab.start();
  await expect(away).toHaveCount(0, SLOW);
  await expect(page.getByText('The agent was lost; connecting again…')).toBeHidden();
  await moves(page, 'individual-task-stream');
  await moves(page, 'individual-progress');
  await expect(made).toHaveAttribute('data-cluster', String(id));
  await expect(made.getByText('1 worker', { exact: true })).toBeVisible();
  await expect(made.getByText(/1 client/)).toBeVisible();
  expect(done).toBeGreaterThan(before);

  // The layout is saved a moment after it has changed.
  await page.waitForTimeout(1000);
  await reload(page);
  await moves(page, 'individual-task-stream');
  const again = card(await openSidebar(page), 'mine');
  await expect(again).toHaveAttribute('data-cluster', String(id));

  work.stdin.end();
  await once(work, 'exit');
  await end(page, again);
  await expect.poll(() => lab.left(), SLOW).toEqual([]);
});
