/** Dashboards for the tests: of a real Dask cluster, and of a server that only looks like one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';

/** Where a dashboard is, and what ends it. */
export interface IServed {
  readonly address: string;
  end(): Promise<void>;
}

/** A real cluster whose two threads never rest; `host` is where it listens. */
export async function busyCluster(host = '127.0.0.1'): Promise<IServed> {
  const script = join(__dirname, '../../hepbatch/tests/busy_cluster.py');
  const child = spawn('python3', [script, host], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { dashboard } = JSON.parse(line) as { dashboard: string };
  const end = async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
  return { address: dashboard, end };
}

/** A server that serves one page and hears what its scripts tell it at `report?<JSON>`. */
export async function hostileDashboard(
  page: string,
  port = 0
): Promise<IServed & { reports: unknown[] }> {
  const reports: unknown[] = [];
  const server = createServer(({ url = '' }, response) => {
    const report = /^\/report\?(.*)$/.exec(url)?.[1];
    if (report !== undefined) {
      reports.push(JSON.parse(decodeURIComponent(report)));
      response.end();
    } else if (url === '/individual-plots.json') {
      response.end('{}');
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Set-Cookie', 'planted=1; Path=/');
      response.end(page);
    }
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  const end = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  return { address: `127.0.0.1:${own}`, end, reports };
}

/** Waits until the page in a panel is drawn, and drawn again. */
export async function moves(page: IJupyterLabPageFixture, path: string): Promise<void> {
  const panel = page.locator(`[id^="hepbatch-dashboard-"][id$="/${path}"]`);
  const canvas = panel.frameLocator('iframe').locator('canvas').first();
  await expect(canvas).toBeVisible({ timeout: 60_000 });
  const look = async () => (await panel.screenshot()).toString('base64');
  const before = await look();
  await expect.poll(look, { timeout: 60_000 }).not.toBe(before);
}
