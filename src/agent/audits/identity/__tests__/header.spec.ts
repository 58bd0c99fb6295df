import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as z from 'zod';
import { expect, it } from 'vitest';
import { HEADER_BYTES, parseHeader, truncationOf } from '../header';

/** The fields of a header, in bytes. */
function header(big: boolean, uuid: Buffer, begin: number, end: number): Buffer {
  const bytes = Buffer.alloc(big ? 75 : 63);
  bytes.write('root');
  bytes.writeUInt32BE(big ? 1_063_200 : 63_200, 4);
  bytes.writeUInt32BE(begin, 8);
  if (big) {
    bytes.writeBigUInt64BE(BigInt(end), 12);
  } else {
    bytes.writeUInt32BE(end, 12);
  }
  uuid.copy(bytes, big ? 59 : 47);
  return bytes;
}

it('reads both layouts back', () => {
  const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const numbers = fc.tuple(fc.nat(1000), fc.nat(2 ** 31 - 1));
  fc.assert(
    fc.property(fc.boolean(), uuid, numbers, (big, id, [begin, end]) => {
      const far = big ? end * 1000 : end;
      const bytes = Buffer.concat([header(big, Buffer.from(id), begin, far), Buffer.alloc(20)]);
      const read = parseHeader(bytes.subarray(0, HEADER_BYTES));
      expect(read).toMatchObject({ begin, end: far });
      expect(read.uuid.replaceAll('-', '')).toBe(Buffer.from(id).toString('hex'));
      expect(read.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    })
  );
});

it('takes a UUID of zeros for what it is (AUD-12)', () => {
  const { uuid } = parseHeader(header(false, Buffer.alloc(16), 100, 1000));
  expect(uuid).toBe('00000000-0000-0000-0000-000000000000');
});

it('refuses what is no ROOT file, or is cut within its header', () => {
  expect(() => parseHeader(Buffer.from('PAR1'.padEnd(75, 'x')))).toThrow('"PAR1"');
  for (const big of [false, true]) {
    const whole = header(big, Buffer.alloc(16, 7), 100, 1000);
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseHeader(whole.subarray(0, length))).toThrow('bytes');
    }
    expect(parseHeader(whole).begin).toBe(100);
  }
});

it('sees that a file has lost its tail', () => {
  const read = parseHeader(header(true, Buffer.alloc(16), 100, 5_000_000_000));
  expect(truncationOf(read, 4_999_999_999)).toContain('4999999999 bytes');
  expect(truncationOf(read, 5_000_000_000)).toBeNull();
});

const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';
const SCRIPT = `
import json, pathlib, skhep_testdata, uproot
folder = pathlib.Path(skhep_testdata.__file__).parent / "data"
print(json.dumps({str(p): str(uproot.open({str(p): None}).file.uuid) for p in folder.glob("*.root")}))
`;

/** Path -> UUID as uproot reads it; null where this Python has no test files. */
function golden(): Record<string, string> | null {
  try {
    const said: unknown = JSON.parse(
      execFileSync(python, ['-c', SCRIPT], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
    );
    return z.record(z.string(), z.string()).parse(said);
  } catch {
    return null;
  }
}

it('agrees with uproot on all 120 files of scikit-hep-testdata 0.3.0', ({ skip }) => {
  const uuids = golden();
  if (uuids === null) {
    expect(process.env['CI'], 'pip install uproot scikit-hep-testdata==0.3.0').not.toBe('true');
    skip('pip install uproot scikit-hep-testdata==0.3.0, and name that Python by HEPBATCH_PYTHON');
    return;
  }
  expect(Object.keys(uuids)).toHaveLength(120);
  for (const [path, uuid] of Object.entries(uuids)) {
    const bytes = readFileSync(path);
    const read = parseHeader(bytes.subarray(0, HEADER_BYTES));
    expect([path, read.uuid, read.end]).toEqual([path, uuid, bytes.length]);
  }
});
