import { afterAll } from 'vitest';
import { rmSync } from 'node:fs';
import { describeWith } from '../../../__tests__/test-bed';
import { openOpenssh } from '../openssh/open';
import { SSH, address, sshWorld } from './ssh-bed';
import { hostSuite } from './suite';

describeWith(SSH, 'by the ssh of this machine', bed => {
  const { world, runtime } = sshWorld(bed);
  afterAll(() => rmSync(runtime, { recursive: true }));
  hostSuite('a host reached by OpenSSH', {
    open: () => openOpenssh(address('hep-a'), world, new AbortController().signal),
    denied: process.getuid?.() === 0 ? '/root/x' : null,
    sessions: 8
  });
});
