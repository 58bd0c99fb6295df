import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toQuestion } from '../question';

const FACTS = { title: 'hepuser@host', knownHosts: '~/.ssh/known_hosts', before: 0 };
const KEY = 'SHA256:QY1fxABNBo6ALCvdmwo0YVnwdrLPZQh2f+k7JC61TE0';

/** As OpenSSH of these versions asked. */
const ASKED = {
  '9.2': `The authenticity of host '[localhost]:22201 ([127.0.0.1]:22201)' can't be established.
ED25519 key fingerprint is ${KEY}.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? `,
  '7.4': `The authenticity of host 'lxplus.cern.ch (188.184.9.235)' can't be established.
ECDSA key fingerprint is ${KEY}.
ECDSA key fingerprint is MD5:1a:2b:3c:4d:5e:6f:1a:2b:3c:4d:5e:6f:1a:2b:3c:4d.
Are you sure you want to continue connecting (yes/no)? `,
  'with a picture': `The authenticity of host 'host (127.0.0.1)' can't be established.
ED25519 key fingerprint is ${KEY}.
+--[ED25519 256]--+
|     .o=+.       |
+----[SHA256]-----+
This host key is known by the following other names/addresses:
    ~/.ssh/known_hosts:1: [hashed name]
Are you sure you want to continue connecting (yes/no/[fingerprint])? `
};

it.each(Object.entries(ASKED))('knows the question about a host key of %s', (version, text) => {
  const asked = toQuestion(text, FACTS);
  expect(asked).toMatchObject({ text, kind: 'host-key', again: false });
  expect(asked.hostKey).toMatchObject({ fingerprint: KEY, file: FACTS.knownHosts });
  expect(asked.hostKey?.algorithm).toBe(version === '7.4' ? 'ECDSA' : 'ED25519');
});

it.each([
  "hepuser@localhost's password: ",
  "(hepuser@localhost) One-time password (OATH) for `hepuser': ",
  'Your account expires in 3 days.\nPlease ask for more.\n(hepuser@host) Your 2nd factor: ',
  "Enter passphrase for key '/home/hepuser/.ssh/id_ed25519': ",
  `(hepuser@host) ${ASKED['9.2']}`,
  ASKED['9.2'].replace(/ \(yes.*/, ' '),
  ''
])('shows %j as it is, and what is typed is a secret', text => {
  expect(toQuestion(text, FACTS)).toMatchObject({ text, kind: 'secret', hostKey: null });
});

it('keeps any words unchanged, and tells a question that comes again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (text, before) => {
      const asked = toQuestion(text, { ...FACTS, before });
      expect([asked.text, asked.again]).toEqual([text, before > 0]);
    })
  );
});
