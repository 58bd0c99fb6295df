import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { SSH, address, sshWorld } from '../../__tests__/ssh-bed';
import { hostSuite } from '../../__tests__/suite';
import { openSsh2 } from '../open';

describeWith(SSH, 'by ssh2', bed => {
  const { world, runtime } = sshWorld(bed);
  const cache = mkdtempSync(join(tmpdir(), 'suite-'));
  afterAll(() => [runtime, cache].forEach(folder => rmSync(folder, { recursive: true })));
  for (const alias of ['hep-a', 'hep-a-via-c']) {
    hostSuite(`a host reached by ssh2, ${alias}`, {
      open: () => openSsh2(address(alias), world, new AbortController().signal),
      denied: process.getuid?.() === 0 ? '/root/x' : null,
      sessions: 8
    });
  }
});
