/** The table of workers, as real Dask writes it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseScheduler, parseWorkers } from '../workers';

const page = readFileSync(fileURLToPath(new URL('data/workers.html', import.meta.url)), 'utf8');

it('is read with addresses, names and places', () => {
  expect(parseWorkers(page)).toEqual([
    {
      worker: { address: 'tcp://127.0.0.1:41135', name: '7', dashboard: true },
      at: { host: '127.0.0.1', port: 44755 }
    },
    {
      worker: { address: 'tcp://127.0.0.1:42949', name: 'a "<b>&\'s', dashboard: true },
      at: { host: '127.0.0.1', port: 42143 }
    }
  ]);
});

it('tells of workers without a dashboard, and of none where the place is no host and port', () => {
  const row = (link: string) =>
    `<tr ><td><a href="../worker/tls%3A%2F%2Fn1%3A9.html">x</a></td><td>  </td>${link}</tr>`;
  const proxied = (place: string) => row(`<a href="../../proxy/${place}/status">dashboard</a>`);
  const none = {
    worker: { address: 'tls://n1:9', name: 'tls://n1:9', dashboard: false },
    at: null
  };
  for (const place of ['0/n1', '65536/n1', '80/n1%2f..', '80/a b', '80/n1/../x', 'x/n1']) {
    expect(parseWorkers(proxied(place)), place).toEqual([none]);
  }
  expect(parseWorkers(row(''))).toEqual([none]);
  expect(parseWorkers(proxied('9000/fe80::1'))).toMatchObject([{ at: { host: 'fe80::1' } }]);
  expect(parseWorkers(row('').replace('%3A', '%ZZ'))).toEqual([]);
  expect(parseWorkers('<html></html>')).toEqual([]);
});

it('names the address of its scheduler, also of one within another program', () => {
  const titled = (address: string) => `<h1 class="title"> Scheduler ${address} </h1>`;
  expect(parseScheduler(page)).toBe('tcp://127.0.0.1:44109');
  expect(parseScheduler(titled('inproc://192.168.1.7/42/1'))).toBe('inproc://192.168.1.7/42/1');
  expect(parseScheduler(titled('inproc://h/x/1'))).toBeNull();
  expect(parseScheduler(titled('http://h:1'))).toBeNull();
});
