/** What is passed on between frames and dashboards, by a real agent, to a server that misbehaves. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { dashboards } from '../../../../contract';
import { until } from '../../../__tests__/served';
import { get, read, serveDashboards, upgrade } from './served';
import { Upstream } from './upstream';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

async function begin(prefix = '') {
  const upstream = await new Upstream().begin();
  const served = await serveDashboards();
  ends.push(
    () => upstream.end(),
    () => served.agent.close()
  );
  if (prefix !== '') {
    upstream.pages[`${prefix}/individual-plots.json`] = (_, response) => response.end('{}');
  }
  const address = `${upstream.address}${prefix}/`;
  const { id } = await served.call(dashboards.add, { connection: 'dask-local', address });
  const { ticket } = await served.call(dashboards.ticket, { id });
  upstream.heard.length = 0;
  return { ...served, upstream, id, ticket, base: `/.dash/${ticket}` };
}

describe('a page', () => {
  it('comes as it is; neither side hears more of the other than it has to', async () => {
    const { upstream, socket, base } = await begin();
    const body = randomBytes(300_000);
    upstream.pages['/status?a=b%20'] = (_, response) => {
      response.writeHead(203, {
        'Content-Type': 'text/x',
        'Content-Length': body.length,
        'Set-Cookie': ['a=b', '_xsrf=x'],
        'Content-Security-Policy': 'sandbox allow-same-origin',
        'Access-Control-Allow-Origin': '*',
        'Clear-Site-Data': '"*"',
        'Service-Worker-Allowed': '/',
        Refresh: '0; url=http://evil.example',
        Link: '<http://evil.example>; rel=preload'
      });
      response.end(body);
    };
    const answer = await get(socket, `${base}/status?a=b%20`, {
      accept: 'text/html',
      cookie: 'username=secret',
      authorization: 'token secret',
      'x-xsrftoken': 'secret',
      referer: 'http://lab/secret',
      origin: 'null',
      'x-forwarded-for': '1.2.3.4'
    });
    expect(answer.statusCode).toBe(203);
    expect(await buffer(answer)).toEqual(body);
    expect(answer.headers).toEqual({
      'content-type': 'text/x',
      'content-length': String(body.length),
      date: expect.any(String) as string,
      connection: 'close'
    });
    expect(upstream.heard).toEqual([
      {
        url: '/status?a=b%20',
        method: 'GET',
        headers: { accept: 'text/html', host: `localhost:${upstream.port}`, connection: 'close' }
      }
    ]);
    const head = await read(socket, `${base}/status?a=b%20`, {}, 'HEAD');
    expect(head).toMatchObject({ status: 203, body: '' });
    expect(upstream.heard.at(-1)?.method).toBe('HEAD');
  });

  it('leads on within the dashboard, and not out of it', async () => {
    const { upstream, socket, base } = await begin();
    const lead = (from: string, location: string) => {
      upstream.pages[from] = (_, response) =>
        response.writeHead(302, { Location: location }).end('<script>');
    };
    lead('/', '/status');
    lead('/info/a/b', `http://localhost:${upstream.port}/info/x`);
    lead('/out', 'http://evil.example/<script>');
    expect(await read(socket, `${base}/`)).toMatchObject({
      status: 302,
      headers: { location: './status' }
    });
    const deep = await read(socket, `${base}/info/a/b`);
    expect(deep.headers.location).toBe('./../../info/x');
    const out = await read(socket, `${base}/out`);
    expect(out.status).toBe(502);
    expect(out.headers.location).toBeUndefined();
    expect(out.body).not.toMatch(/evil|<script/);
  });

  it('of a dashboard below a prefix is found there', async () => {
    const { upstream, socket, base } = await begin('/a/b');
    upstream.pages['/a/b/status'] = (_, response) =>
      response.writeHead(302, { Location: '/a/b/workers' }).end();
    const { headers } = await read(socket, `${base}/status`);
    expect(headers.location).toBe('./workers');
    expect(upstream.heard.map(({ url }) => url)).toEqual(['/a/b/status']);
  });

  it.each(['proxy/22/127.0.0.1/', 'api/v1/retire_workers', '..%2f', 'a/../b', 'jupyter/lab'])(
    'at %s is not asked for',
    async path => {
      const { upstream, socket, base } = await begin();
      expect(await read(socket, `${base}/${path}`)).toMatchObject({ status: 404 });
      expect((await upgrade(socket, `${base}/${path}`)).head).toMatch(/^HTTP\/1.1 404 /);
      expect(upstream.heard).toEqual([]);
    }
  );

  it('is only read: other verbs do not pass', async () => {
    const { upstream, socket, base } = await begin();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await read(socket, `${base}/status`, {}, method)).status).toBe(405);
    }
    expect(upstream.heard).toEqual([]);
  });

  it('of a ticket that nobody gave is gone, with every form of address', async () => {
    const { upstream, socket, ticket, id } = await begin();
    const others = [id, ticket.slice(1), `${ticket}x`, '', '..', `x/../${ticket}`, `%2e/${ticket}`];
    for (const other of others) {
      expect((await read(socket, `/.dash/${other}/status`)).status, other).toBe(410);
      expect((await upgrade(socket, `/.dash/${other}/status/ws`)).head).toMatch(/^HTTP\/1.1 410 /);
    }
    expect((await read(socket, `/.dash/${ticket}`)).status).toBe(410);
    expect(upstream.heard).toEqual([]);
  });

  it('that is slow does not make anything grow, and stops when the reader leaves', async () => {
    const { upstream, socket, base } = await begin();
    let sent = 0;
    let isOver = false;
    upstream.pages['/big'] = (_, response) => {
      response.on('close', () => (isOver = true));
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20))) {
          sent += 1 << 20;
        }
        sent += 1 << 20;
        response.once('drain', more);
      };
      more();
    };
    const answer = await get(socket, `${base}/big`);
    await new Promise(resolve => answer.once('readable', resolve));
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(60 << 20);
    answer.destroy();
    await until(() => isOver && upstream.lines === 0);
  });

  it('that breaks off is cut off, and does not look whole', async () => {
    const { upstream, socket, base } = await begin();
    upstream.pages['/half'] = (_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 }).write('half');
      setTimeout(() => response.destroy(), 50);
    };
    await expect(read(socket, `${base}/half`)).rejects.toThrow();
  });

  it('with headers without end, or none that are any, is answered by a page of ours', async () => {
    const { upstream, socket, base } = await begin();
    upstream.pages['/headers'] = (_, response) =>
      response.writeHead(200, { 'X-A': 'a'.repeat(300_000) }).end();
    upstream.pages['/nonsense'] = (_, response) =>
      response.socket?.end('<script>alert(1)</script>');
    upstream.pages['/nothing'] = (_, response) => response.socket?.end();
    for (const page of ['headers', 'nonsense', 'nothing']) {
      const answer = await read(socket, `${base}/${page}`);
      expect(answer.status, page).toBe(502);
      expect(answer.body).toContain('The dashboard is away');
      expect(answer.body).not.toContain('<script');
    }
  });
});

it('a dashboard that is away says so, and is shown again when it is back', async () => {
  const { upstream, socket, base, id, told } = await begin();
  upstream.pages['/status'] = (_, response) => response.end('plots');
  await upstream.end();
  const gone = await read(socket, `${base}/status`);
  expect(gone).toMatchObject({ status: 502 });
  expect(gone.body).toContain('http-equiv="refresh"');
  expect((await upgrade(socket, `${base}/status/ws`)).head).toMatch(/^HTTP\/1.1 502 /);
  await until(() => told()?.state === 'away');
  await upstream.begin();
  expect(await read(socket, `${base}/status`)).toMatchObject({ status: 200, body: 'plots' });
  await until(() => told()?.state === 'up');
  expect(told()).toMatchObject({ id, reason: null });
});

describe('a WebSocket', () => {
  it('passes whole, whatever its size, and neither side hears more than it has to', async () => {
    const { upstream, socket, base } = await begin();
    const { line, head, rest } = await upgrade(socket, `${base}/status/ws`, 'early');
    const [first, ...lines] = head.split('\r\n');
    expect(first).toBe('HTTP/1.1 101 Switching Protocols');
    expect(lines.map(text => text.toLowerCase().split(':')[0]).sort()).toEqual([
      'connection',
      'sec-websocket-accept',
      'upgrade'
    ]);
    expect(upstream.heard).toEqual([
      {
        url: '/status/ws',
        method: 'GET',
        headers: {
          host: `localhost:${upstream.port}`,
          origin: `http://localhost:${upstream.port}`,
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          'sec-websocket-version': '13',
          'sec-websocket-protocol': 'bokeh, x'
        }
      }
    ]);
    const sent = randomBytes(20 << 20);
    line.end(sent);
    const back = Buffer.concat([rest, await buffer(line)]);
    expect(back.equals(Buffer.concat([Buffer.from('early'), sent]))).toBe(true);
    await until(() => upstream.lines === 0);
  });

  it('that the dashboard refuses is refused', async () => {
    const { socket, base } = await begin();
    expect((await upgrade(socket, `${base}/other/ws`)).head).toMatch(/^HTTP\/1.1 403 /);
  });

  it('ends on both sides when one leaves, and when the dashboard is removed', async () => {
    const { upstream, socket, base, id, call } = await begin();
    const left = await upgrade(socket, `${base}/status/ws`);
    const stays = await upgrade(socket, `${base}/status/ws`);
    expect(upstream.lines).toBe(2);
    left.line.destroy();
    await until(() => upstream.lines === 1);
    const closed = new Promise(resolve => stays.line.resume().once('close', resolve));
    await call(dashboards.remove, { id });
    await closed;
    await until(() => upstream.lines === 0);
    expect((await read(socket, `${base}/status`)).status).toBe(410);
  });

  it('tells that the dashboard is away when its line breaks', async () => {
    const { upstream, socket, base, told } = await begin();
    const { line } = await upgrade(socket, `${base}/status/ws`);
    const closed = new Promise(resolve => line.resume().once('close', resolve));
    await upstream.end();
    await closed;
    await until(() => told()?.state === 'away');
  });

  it('does not keep an agent from ending', async () => {
    const { socket, base, agent } = await begin();
    const { line } = await upgrade(socket, `${base}/status/ws`);
    const closed = new Promise(resolve => line.resume().once('close', resolve));
    await agent.close();
    await closed;
  });

  it('is not offered where the contract is', async () => {
    const { socket } = await begin();
    expect((await upgrade(socket, '/agent')).head).toMatch(/^HTTP\/1.1 400 /);
  });
});
