import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { connections } from '../../../contract';
import { answerNext } from './person';
import { serveConnections } from './served';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(agent => agent.close()));
});

const id = 'vanilla-local';

/** An agent whose user has the test bed's stand-ins for the programs of VOMS. */
async function serve(data: object) {
  const folder = await mkdtemp(join(tmpdir(), 'voms-'));
  const file = join(folder, 'data.json');
  const log = join(folder, 'log');
  await writeFile(file, JSON.stringify({ proxies: {}, log, ...data }));
  const path = join(folder, 'proxy');
  const served = await serveConnections({
    PATH: `${resolve('testbed/fakes')}:${process.env['PATH'] ?? ''}`,
    FAKE_VOMS_DATA: file,
    X509_USER_PROXY: path
  });
  open.push(served.agent);
  const asked = async () => readFile(log, 'utf8');
  return { ...served, path, asked };
}

const phrases = { java: 'a passphrase', cpp: 'another one' };
for (const client of ['java', 'cpp'] as const) {
  const passphrase = phrases[client];

  it(`gets a proxy, asking again where the pass phrase was wrong (${client})`, async () => {
    const { call, path, asked } = await serve({ client, passphrase });
    const got = call(connections.proxy, { id, hours: 24 });
    expect(await answerNext(call, 'wrong')).toMatchObject({
      title: 'voms-proxy-init on this machine',
      text: 'GRID pass phrase: ',
      kind: 'secret',
      again: false
    });
    expect(await answerNext(call, passphrase)).toMatchObject({ again: true });
    const { details } = await got;
    expect(details?.proxy).toMatchObject({
      state: 'found',
      path,
      identity: expect.stringMatching(/CN=Some User$/) as string
    });
    const end = details?.proxy.state === 'found' ? Date.parse(details.proxy.expiresAt) : 0;
    expect((end - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
    expect(await asked()).not.toContain(passphrase); // its arguments
  });

  it(`refuses in the words of the program where no server answers (${client})`, async () => {
    const { call } = await serve({ client, passphrase, fault: 'server' });
    const got = call(connections.proxy, { id });
    await answerNext(call, passphrase);
    await expect(got).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/None of the contacted servers for cms/) as string
    });
  });

  it(`does not ask again where there is no certificate (${client})`, async () => {
    const { call } = await serve({ client, credentials: false });
    const got = call(connections.proxy, { id });
    await answerNext(call, 'any');
    await expect(got).rejects.toMatchObject({ code: 'refused' });
  });
}

it('sees a proxy that was made although the program complains', async () => {
  const { call, events } = await serve({ fault: 'unverified', passphrase: 'p' });
  const seen = new Promise(found => {
    events.subscribe(null, event => {
      if (event.topic === 'connection' && event.connection.details?.proxy.state === 'found') {
        found(event.connection.details.proxy);
      }
      return true;
    });
  });
  const got = call(connections.proxy, { id });
  await answerNext(call, 'p');
  await expect(got).rejects.toMatchObject({ code: 'refused' });
  expect(await seen).toMatchObject({ state: 'found' });
});
