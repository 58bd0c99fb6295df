import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseProxy, parseTicket } from '../credentials';

const now = new Date('2026-11-25T12:00:00Z');
const ticket = (text: string, status = 0) => parseTicket({ text, status }, now);
const proxy = (text: string, status = 0) => parseProxy({ text, status }, now);

const MIT = `Ticket cache: FILE:/tmp/krb5cc_1000
Default principal: user@CERN.CH

Valid starting     Expires            Service principal
11/25/26 11:00:00  11/26/26 12:00:00  krbtgt/CERN.CH@CERN.CH
	renew until 11/30/26 11:00:00
11/25/26 11:00:10  11/27/26 12:00:00  afs/cern.ch@CERN.CH
11/25/26 11:00:10  11/28/26 12:00:00  krbtgt/OTHER.ORG@CERN.CH`;

const HEIMDAL = `Credentials cache: API:1234
        Principal: user@CERN.CH

  Issued                Expires               Principal
Nov 25 11:00:00 2026  Nov 26 12:00:00 2026  krbtgt/CERN.CH@CERN.CH`;

it('reads the ticket that gets all others', () => {
  const found = {
    state: 'found',
    principal: 'user@CERN.CH',
    expiresAt: '2026-11-26T12:00:00.000Z'
  };
  expect(ticket(MIT)).toEqual({ ...found, cache: 'FILE:/tmp/krb5cc_1000' });
  expect(ticket(MIT.replaceAll('/26 ', '/2026 '))).toMatchObject(found);
  expect(ticket(HEIMDAL)).toEqual({ ...found, cache: 'API:1234' });
});

it('tells an absent or old ticket from words that it does not know', () => {
  const old = ticket(MIT.replaceAll('11/26/26', '11/24/26'));
  expect(old).toMatchObject({
    state: 'absent',
    reason: expect.stringMatching(/expired/) as string
  });
  for (const words of [
    'klist: No credentials cache found (filename: /tmp/krb5cc_0)',
    'klist: No ticket file: /tmp/krb5cc_0',
    "klist: Credentials cache keyring 'persistent:0:0' not found",
    'Ticket cache: FILE:/tmp/x\nDefault principal: u@A\n\nValid starting  Expires  Service principal'
  ]) {
    expect([words, ticket(words, 1).state]).toEqual([words, 'absent']);
  }
  expect(ticket('', 127)).toMatchObject({ state: 'absent' });
  expect(ticket('klist: Permission denied', 1)).toMatchObject({ state: 'unknown' });
  expect(parseTicket(undefined, now)).toMatchObject({ state: 'unknown' });
});

const VOMS = `subject   : /DC=ch/DC=cern/CN=user/CN=1234
issuer    : /DC=ch/DC=cern/CN=user
identity  : /DC=ch/DC=cern/CN=user
type      : RFC3820 compliant impersonation proxy
strength  : 2048
path      : /tmp/x509up_u1000
timeleft  : 191:59:50
key usage : Digital Signature, Key Encipherment
=== VO cms extension information ===
VO        : cms
timeleft  : 11:59:50`;

it('reads a proxy, for as long as its VO vouches for it', () => {
  expect(proxy(VOMS)).toEqual({
    state: 'found',
    path: '/tmp/x509up_u1000',
    identity: '/DC=ch/DC=cern/CN=user',
    expiresAt: '2026-11-25T23:59:50.000Z'
  });
  expect(proxy(VOMS.split('===')[0] ?? '')).toMatchObject({
    expiresAt: '2026-12-03T11:59:50.000Z'
  });
  expect(proxy(VOMS.replace('11:59:50', '0:00:00'))).toMatchObject({ state: 'absent' });
  const openssl =
    'path : /tmp/p\nsubject=/DC=ch/CN=user/CN=12/CN=34\nnotAfter=Nov 26 12:00:00 2026 GMT';
  expect(proxy(openssl)).toEqual({
    state: 'found',
    path: '/tmp/p',
    identity: '/DC=ch/CN=user',
    expiresAt: '2026-11-26T12:00:00.000Z'
  });
});

it('tells an absent proxy from words that it does not know', () => {
  for (const words of [
    '\nProxy not found: /tmp/x509up_u1000 (No such file or directory)',
    "Couldn't find a valid proxy."
  ]) {
    expect([words, proxy(words, 1).state]).toEqual([words, 'absent']);
  }
  expect(proxy('', 127)).toMatchObject({ state: 'absent' });
  expect(proxy('java: cannot allocate memory', 1)).toMatchObject({ state: 'unknown' });
});

it('never throws, and finds nothing in what is cut off', () => {
  const part = fc.record({ text: fc.string(), status: fc.nat(255) });
  fc.assert(fc.property(part, said => parseTicket(said, now).state !== 'found'));
  fc.assert(fc.property(part, said => parseProxy(said, now).state !== 'found'));
  fc.assert(
    fc.property(fc.nat(MIT.length), length => {
      const { state } = ticket(MIT.slice(0, length));
      return length >= MIT.indexOf('krbtgt/CERN.CH@CERN.CH') + 22
        ? state === 'found'
        : state !== 'found';
    })
  );
});
