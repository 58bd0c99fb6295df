import { hostname } from 'node:os';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { FrameLocator } from '@playwright/test';
import { busyCluster, hostileDashboard, moves, type IServed } from './dask';
import { reload } from './lab';

test.use({ autoGoto: false });
// Dask starts slowly where others work, too.
test.describe.configure({ timeout: 120_000 });

/** Opens a dashboard as a panel does; returns its address in the Jupyter server. */
async function open(page: IJupyterLabPageFixture, address: string): Promise<string> {
  const path = await page.evaluate(async address => {
    const { baseUrl } = window.jupyterapp.serviceManager.serverSettings;
    const xsrf = /\b_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${baseUrl}hepbatch/api/dashboards/${path}`, {
        method: 'POST',
        headers: { 'X-XSRFToken': xsrf },
        body: JSON.stringify(body)
      });
      return (await answer.json()) as { id: string; path: string };
    };
    const { id } = await post('add', { connection: 'dask-local', address });
    return (await post('open', { id })).path;
  }, address);
  return new URL(path, page.url()).href;
}

/** Shows an address in a frame of Lab, as a panel does. */
async function show(page: IJupyterLabPageFixture, address: string): Promise<FrameLocator> {
  await page.evaluate(address => {
    document.querySelector('#dashboard')?.remove();
    const frame = document.createElement('iframe');
    frame.id = 'dashboard';
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.style.cssText = 'position:fixed;inset:40px;z-index:99;width:1100px;height:700px';
    frame.src = address;
    document.body.append(frame);
  }, address);
  return page.frameLocator('#dashboard');
}

test.beforeEach(async ({ page }) => {
  await page.goto();
});

test.describe('the dashboard of a real cluster', () => {
  let cluster: IServed;
  test.beforeAll(async () => {
    cluster = await busyCluster(hostname());
  });
  test.afterAll(() => cluster.end());

  test('its plots move in panels, through a host that is not localhost, and are found again', async ({
    page
  }) => {
    const failed: string[] = [];
    page.on('response', answer => {
      if (answer.status() >= 400 && answer.url().includes('/hepbatch/dash/')) {
        failed.push(answer.url());
      }
    });
    await page.evaluate(() => window.jupyterapp.commands.execute('hepbatch:choose-dashboards'));
    const form = page.getByRole('form', { name: 'A dashboard by its address' });
    await form.getByLabel('Dashboard address').fill(cluster.address);
    await form.getByRole('button', { name: 'Open' }).click();
    await moves(page, 'status');
    await page.evaluate(() => window.jupyterapp.commands.execute('hepbatch:choose-dashboards'));
    const offered = page.getByRole('region', { name: cluster.address });
    await offered.getByRole('button', { name: 'Open the usual plots' }).click();
    for (const plot of ['individual-task-stream', 'individual-progress']) {
      await moves(page, plot);
    }
    expect(failed).toEqual([]);
    // The layout is saved a moment after it has changed.
    await page.waitForTimeout(1000);
    await reload(page);
    await moves(page, 'individual-task-stream');
    await page.evaluate(() => window.jupyterapp.commands.execute('application:close-all'));
    await expect(page.locator('.jp-hepbatch-Dashboard')).toHaveCount(0);
  });

  test('its pages about workers are styled, and lead on', async ({ page }) => {
    const address = await open(page, cluster.address);
    const frame = await show(page, `${address}info/main/workers.html`);
    await expect(frame.getByRole('heading', { name: 'Workers', exact: true })).toBeVisible();
    await expect(frame.locator('body')).toHaveCSS('font-size', '14px');
    await frame.locator('a[href^="../worker/"]').first().click();
    await expect(frame.getByRole('heading', { name: /^Worker: tcp:/ })).toBeVisible();
    await frame.getByRole('link', { name: 'dashboard' }).click();
    await expect(frame.getByText('opened from the list of workers')).toBeVisible();
  });
});

/** What the page of a stranger tries, and what came of it. */
const TRY_ALL = `<!DOCTYPE html><title>hostile</title><script>
  const tries = {
    origin: () => self.origin,
    cookie: () => document.cookie,
    plant: () => (document.cookie = 'planted=2'),
    storage: () => localStorage.length,
    session: () => sessionStorage.length,
    database: () => indexedDB.open('x'),
    caches: () => caches.keys(),
    parentDocument: () => parent.document.title,
    parentApp: () => parent.jupyterapp,
    parentLocation: () => parent.location.href,
    topTitle: () => (top.document.title = 'taken'),
    leaveTop: () => {
      if (top === self) throw new Error('it is the top itself');
      top.location.href = 'about:blank';
    },
    popup: () => open('/lab'),
    contents: () => fetch(new URL('/api/contents', location).href).then(r => r.text()),
    contentsWithKeys: () => fetch('/api/contents', { credentials: 'include' }).then(r => r.text()),
    agent: () => fetch('../../../api/agent').then(r => r.text()),
    open: () => fetch('../../../api/dashboards/open', { method: 'POST', body: '{}' }).then(r => r.text()),
    outside: () => fetch('http://127.0.0.1:9/').then(r => r.text()),
    kernels: () => new Promise((resolve, reject) => {
      const line = new WebSocket(new URL('/api/events/subscribe', location).href.replace('http', 'ws'));
      line.onopen = () => resolve('open');
      line.onerror = () => reject(new Error('refused'));
    }),
    image: () => new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve('loaded');
      image.onerror = () => reject(new Error('refused'));
      image.src = '/static/favicon.ico';
    }),
    script: () => new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.onload = () => resolve('loaded');
      script.onerror = () => reject(new Error('refused'));
      script.src = '/static/lab/bundle.js';
      document.head.append(script);
    }),
    nested: () => new Promise((resolve, reject) => {
      const frame = document.createElement('iframe');
      document.addEventListener('securitypolicyviolation', () => reject(new Error('refused')), { once: true });
      frame.onload = () => resolve('loaded');
      frame.src = '/lab';
      document.documentElement.append(frame);
    }),
    worker: () => navigator.serviceWorker.register('status'),
    own: () => fetch('own').then(r => r.text()).then(() => 'read')
  };
  (async () => {
    const said = {};
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        said[name] = String(await attempt());
      } catch (error) {
        said[name] = 'refused';
      }
    }
    await fetch('report?' + encodeURIComponent(JSON.stringify(said)));
  })();
</script>`;

/** All is refused but what is its own, and no window is opened. */
const REFUSED = {
  ...Object.fromEntries(
    [
      'cookie plant storage session database caches parentDocument parentApp parentLocation',
      'topTitle leaveTop contents contentsWithKeys agent open outside kernels image script nested',
      'worker'
    ]
      .join(' ')
      .split(' ')
      .map(name => [name, 'refused'])
  ),
  origin: 'null',
  popup: 'null',
  own: 'read'
};

test.describe('a hostile dashboard', () => {
  test('reads and calls nothing of Jupyter from its frame', async ({ page, context }) => {
    const hostile = await hostileDashboard(TRY_ALL);
    try {
      const address = await open(page, hostile.address);
      await show(page, `${address}status`);
      await expect.poll(() => hostile.reports, { timeout: 60_000 }).toEqual([REFUSED]);
      expect(await page.title()).not.toBe('taken');
      expect(page.url()).toContain('/lab');
      expect(context.pages()).toHaveLength(1);
      const cookies = await context.cookies();
      expect(cookies.filter(({ name }) => name === 'planted')).toEqual([]);
      // It is nobody in a window of its own, too.
      const tab = await context.newPage();
      await tab.goto(`${address}status`);
      await expect.poll(() => hostile.reports.length).toBe(2);
      expect(hostile.reports[1]).toMatchObject({
        origin: 'null',
        cookie: 'refused',
        storage: 'refused',
        contents: 'refused',
        own: 'read'
      });
      await tab.close();
    } finally {
      await hostile.end();
    }
  });

  test('is not framed by another site', async ({ page, context }) => {
    const hostile = await hostileDashboard(TRY_ALL);
    const site = await hostileDashboard('<iframe src="ADDRESS"></iframe>');
    try {
      const address = await open(page, hostile.address);
      const other = await context.newPage();
      await other.goto(`http://${site.address}/`);
      const refused = other.waitForEvent('console', message =>
        /frame-ancestors/.test(message.text())
      );
      await other.evaluate(address => {
        document.querySelector('iframe')?.setAttribute('src', `${address}status`);
      }, address);
      await refused;
      expect(hostile.reports).toEqual([]);
      await other.close();
    } finally {
      await hostile.end();
      await site.end();
    }
  });
});

test('a dashboard that is away says so in its frame, and is there again by itself', async ({
  page
}) => {
  const first = await hostileDashboard('<h1>the plots</h1>');
  const address = await open(page, first.address);
  await first.end();
  const frame = await show(page, `${address}status`);
  await expect(frame.getByRole('heading', { name: 'The dashboard is away' })).toBeVisible();
  await expect(frame.getByText(first.address)).toBeVisible();
  const again = await hostileDashboard('<h1>the plots</h1>', Number(first.address.split(':')[1]));
  await expect(frame.getByRole('heading', { name: 'the plots' })).toBeVisible({ timeout: 30_000 });
  await again.end();
});
