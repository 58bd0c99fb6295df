import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { connections } from '../../../contract';
import type { Connection } from '../../../contract';
import { until } from '../../__tests__/served';
import { describeWith } from '../../__tests__/test-bed';
import { REALM, answerNext } from './person';
import { nextPrompt, serveConnections } from './served';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(agent => agent.close()));
});

const id = 'vanilla-local';

describeWith(REALM, 'Kerberos tickets', realm => {
  async function serve() {
    const cache = `FILE:${await mkdtemp(join(tmpdir(), 'krb-'))}/cache`;
    const served = await serveConnections({ KRB5_CONFIG: realm.krb5Config, KRB5CCNAME: cache });
    open.push(served.agent);
    const seen: Connection[] = [];
    served.events.subscribe(null, event => {
      if (event.topic === 'connection' && event.connection.profile.id === id) {
        seen.push(event.connection);
      }
      return true;
    });
    return { ...served, cache, seen };
  }

  it('are got by kinit with a password that is asked, again where it was wrong', async () => {
    const { call, cache } = await serve();
    const { principal } = realm;
    const got = call(connections.ticket, { id, principal });
    expect(await answerNext(call, 'wrong')).toMatchObject({
      connection: id,
      title: 'kinit on this machine',
      text: `Password for ${principal}: `,
      kind: 'secret',
      again: false
    });
    expect(await answerNext(call, realm.password)).toMatchObject({ again: true });
    const { details } = await got;
    expect(details?.ticket).toMatchObject({ state: 'found', principal, cache });
    // The next one needs no principal: it is known.
    const again = call(connections.ticket, { id });
    expect((await answerNext(call, null)).text).toBe(`Password for ${principal}: `);
    await expect(again).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('are refused in the words of kinit where the principal is unknown', async () => {
    const { call } = await serve();
    const got = call(connections.ticket, { id, principal: 'nobody@TEST.LOCAL' });
    await answerNext(call, 'x');
    await expect(got).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/nobody@TEST\.LOCAL.*not found in Kerberos database/) as string
    });
  });

  it('are seen to expire', async () => {
    const { call, seen } = await serve();
    const got = call(connections.ticket, { id, principal: realm.briefPrincipal });
    await answerNext(call, realm.password);
    expect((await got).details?.ticket.state).toBe('found');
    await until(() => seen.at(-1)?.details?.ticket.state === 'absent');
    expect(seen.at(-1)?.details?.ticket).toMatchObject({
      reason: `The Kerberos ticket of ${realm.briefPrincipal} has expired.`
    });
  });

  it('are not asked for any more when the agent ends', async () => {
    const { call, agent } = await serve();
    const got = call(connections.ticket, { id, principal: realm.principal });
    got.catch(() => undefined);
    await nextPrompt(call);
    await agent.close();
    await expect(got).rejects.toMatchObject({ code: 'cancelled' });
  });
});
