import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeWithProgram, said } from '../../__tests__/programs';
import { parseKnownHostsLine } from '../line';
import { matches } from '../names';
import { ed25519, fileWith, rsa, written } from './keys';

const NAME = 'lxplus.cern.ch';
const FINE = `${NAME} ${written(ed25519(7))}`;
const STRANGE = [
  '',
  '\t # comment',
  `  ${FINE}`,
  `${NAME}\t\t${written(rsa(7))}\r`,
  `@revoked ${FINE}`,
  `@cert-authority  ${FINE}`,
  `@revoked @revoked ${FINE}`,
  `@no-such-marker ${FINE}`,
  `@revoked`,
  FINE.slice(0, -9),
  `${FINE}AAAA`,
  `${FINE.slice(0, -4)}AAAAAAAA`,
  `${NAME} ssh-rsa ${ed25519(7).toString('base64')}`,
  `${NAME} 1024 35 1234567890`,
  NAME,
  '|1|short|short ssh-ed25519 AAAA',
  `|1|${'A'.repeat(27)}= ${written(ed25519(7))}`,
  // Elsewhere a NUL makes ssh-keygen read on behind the end of its string.
  `${FINE}\0 rest`
];

/** A line with some of its characters replaced, taken away or added. */
const anyLine = fc
  .tuple(
    fc.constantFrom(...STRANGE),
    fc.array(
      fc.tuple(
        fc.nat(200),
        fc.nat(1),
        fc.constantFrom('', ' ', 'A', '=', '@', '|', '#', '!', ',', '\xff')
      ),
      { maxLength: 2 }
    )
  )
  .map(([line, edits]) =>
    edits.reduce((text, [at, gone, more]) => text.slice(0, at) + more + text.slice(at + gone), line)
  );

it('reads marker, names, type and key', () => {
  const line = parseKnownHostsLine(`@revoked a,*.b ${written(rsa(3))} me@here`);
  expect(line).toEqual({ marker: 'revoked', names: 'a,*.b', type: 'ssh-rsa', key: rsa(3) });
});

it('never throws, whatever stands in the file', () => {
  const property = fc.property(fc.string({ unit: 'binary' }), text => {
    expect(parseKnownHostsLine(text)).toBe(null);
    expect(matches(text, text)).toSatisfy(said => said === null || typeof said === 'boolean');
  });
  fc.assert(property);
});

it('is not held up by a line made of stars', () => {
  expect(matches('a'.repeat(1000), `${'*a'.repeat(500)}b`)).toBe(false);
});

describeWithProgram('ssh-keygen', 'beside ssh-keygen', () => {
  it('takes torn and strange lines as ssh-keygen does', () => {
    const property = fc.property(anyLine, line => {
      const file = fileWith(line);
      const theirs = said(['ssh-keygen', '-l', '-F', NAME, '-f', file], [0, 1, 255]);
      const [, end = null] = / found: line 1 ?(.*)/.exec(theirs) ?? [];
      const ours = parseKnownHostsLine(line);
      const isNamed = ours !== null && matches(NAME, ours.names) === true;
      expect(isNamed ? ours.marker : null).toBe(
        end === null ? null : end === 'CA' ? 'cert-authority' : end === '' ? 'none' : 'revoked'
      );
    });
    fc.assert(property, { numRuns: 120, examples: STRANGE.map(line => [line]) });
  });
});
