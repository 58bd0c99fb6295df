import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { daskCode, hepbatchCode, quote } from '../client-code';

/** What Python reads in each of these literals. */
function readByPython(literals: readonly string[]): unknown {
  const program = `import json; print(json.dumps([${literals.join(',')}]))`;
  return JSON.parse(execFileSync('python3', ['-'], { input: program, encoding: 'utf8' }));
}

it('writes a name as Python reads it, whatever it is', () => {
  const names = fc.sample(fc.string({ unit: 'grapheme' }), { numRuns: 300, seed: 7 });
  const odd = ['it\'s "mine"', 'a\\b', '\u2028', 'é€𝄞', '{x}', '#', '"); import os; ("'];
  expect(readByPython([...names, ...odd].map(quote))).toEqual([...names, ...odd]);
});

it('connects by the name where hepbatch is there', () => {
  expect(hepbatchCode('my "big" one')).toBe(
    'import hepbatch\n\nclient = hepbatch.client("my \\"big\\" one")\nclient\n'
  );
});

it('is plain Dask with the certificate of the cluster where it is not', () => {
  const tls = { ca: '/s/ca.pem', cert: '/s/cert.pem', key: "/s/it's.pem" };
  const code = daskCode({ address: 'tls://10.0.0.7:8786', tls });
  expect(code).toContain('    require_encryption=True,\n    tls_ca_file="/s/ca.pem",\n');
  expect(code).toContain('    tls_client_key="/s/it\'s.pem",\n');
  expect(code).toContain('client = Client("tls://10.0.0.7:8786", security=security)\n');
  const open = daskCode({ address: 'tcp://10.0.0.7:8786', tls: null });
  expect(open).not.toContain('Security');
  for (const text of [code, open]) {
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: text
    });
  }
});
