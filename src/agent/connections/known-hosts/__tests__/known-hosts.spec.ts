import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeWithProgram, said } from '../../__tests__/programs';
import { hashName, nameOf } from '../names';
import { lookUpHost } from '../known-hosts';
import { anyName, anyPattern, ed25519, fileWith, rsa, written } from './keys';

const NAME = 'lxplus.cern.ch';
const [good, other] = [ed25519(1), ed25519(2)];
const judge = async (text: string, key = good, name = NAME, portless: string | null = null) =>
  (await lookUpHost([fileWith(text)], name, portless)).judge(key);

it('knows a key, and does not know one of a host that is not written', async () => {
  expect(await judge(`${NAME} ${written(good)} a comment\n`)).toEqual({ verdict: 'known' });
  expect(await judge(`lxplus9.cern.ch ${written(good)}\n`)).toEqual({ verdict: 'unknown' });
  expect(await judge('')).toEqual({ verdict: 'unknown' });
});

it('takes another key for a changed one, of whatever type, and says where it is written', async () => {
  const text = `# mine\n\n${NAME} ${written(other)}\n`;
  expect(await judge(text)).toMatchObject({ verdict: 'changed', line: 3 });
  expect(await judge(text, rsa(1))).toMatchObject({ verdict: 'changed', line: 3 });
  expect(await judge(`${text}${NAME} ${written(good)}`)).toEqual({ verdict: 'known' });
});

it('refuses a revoked key even where a line of another file vouches for it', async () => {
  const files = [
    fileWith(`${NAME} ${written(good)}`),
    fileWith(`\n@revoked *.cern.ch ${written(good)}\n`)
  ];
  const known = await lookUpHost(files, NAME);
  expect(known.judge(good)).toEqual({ verdict: 'revoked', file: files[1], line: 2 });
  expect(known.judge(other)).toMatchObject({ verdict: 'changed', file: files[0], line: 1 });
});

it('lets a line without the port vouch, but not accuse', async () => {
  const name = nameOf('LXPLUS.cern.ch', 2222, null);
  expect(name).toBe(`[${NAME}]:2222`);
  expect(await judge(`${NAME} ${written(good)}`, good, name, NAME)).toEqual({ verdict: 'known' });
  const asked = await judge(`${NAME} ${written(other)}`, good, name, NAME);
  expect(asked).toEqual({ verdict: 'unknown' });
});

it('is not led by a certificate authority to trust or to distrust a plain key', async () => {
  const files = [fileWith(`@cert-authority *.cern.ch ${written(other)}\n`)];
  const known = await lookUpHost(files, NAME);
  expect([known.judge(good), known.judge(other)]).toEqual(Array(2).fill({ verdict: 'unknown' }));
  expect([known.hasAuthority, known.types]).toEqual([true, []]);
});

it('names the types that are known, and passes over files that are not there', async () => {
  const text = `${NAME} ${written(rsa(3))}\n*.cern.ch ${written(good)}\n`;
  const known = await lookUpHost(['/no/such/file', fileWith(text)], NAME);
  expect(known.types).toEqual(['ssh-rsa', 'ssh-ed25519']);
});

it('keeps an alias without the port', () => {
  expect(nameOf('lxplus901.cern.ch', 2222, 'LXplus')).toBe('lxplus');
  expect(nameOf('::1', 22, null)).toBe('::1');
});

describeWithProgram('ssh-keygen', 'beside ssh-keygen', () => {
  /** Numbers of the lines that ssh-keygen finds for a host. */
  const found = (file: string, name: string) =>
    [...said(['ssh-keygen', '-F', name, '-f', file], [0, 1]).matchAll(/ found: line (\d+)/g)].map(
      ([, line]) => Number(line)
    );
  /** The same by us: each line has a key of its own, so the judgement tells which ones count. */
  const judged = async (file: string, name: string, count: number) => {
    const known = await lookUpHost([file], name);
    return Array.from({ length: count }, (_, i) => i + 1).filter(
      n => known.judge(ed25519(n)).verdict === 'known'
    );
  };

  it('finds the same lines: patterns, negation, ports, hashes', async () => {
    const names = fc.oneof(
      fc.array(anyPattern, { minLength: 1, maxLength: 3 }).map(list => list.join(',')),
      anyName,
      anyName.map(name => hashName(name))
    );
    const property = fc.asyncProperty(
      anyName,
      fc.array(names, { minLength: 1, maxLength: 12 }),
      async (name, all) => {
        const lines = [name, ...all].map((names, i) => `${names} ${written(ed25519(i + 1))}`);
        const file = fileWith(Buffer.from(lines.join('\n')).toString('latin1'));
        expect(await judged(file, name, lines.length)).toEqual(found(file, name));
      }
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('understands the hashes that ssh-keygen makes', async () => {
    const lines = [NAME, `[${NAME}]:2222`, '10.0.0.1', 'other'];
    const file = fileWith(lines.map((n, i) => `${n} ${written(ed25519(i + 1))}\n`).join(''));
    said(['ssh-keygen', '-H', '-f', file]);
    for (const [i, name] of lines.entries()) {
      expect(await judged(file, name, 4)).toEqual([i + 1]);
    }
  });
});
