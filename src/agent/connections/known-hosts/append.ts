import { Buffer } from 'node:buffer';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../../record';
import { readKey } from './line';
import { hashName } from './names';

/**
 * Adds the key of a host to a known_hosts file, which is made with mode 0600 where it is absent.
 * The line goes out in one write at the end of the file, so that no writer undoes another's lines.
 * Throws `denied`, `no-space` or what else the file system says.
 */
export async function appendHostKey(
  file: string,
  name: string,
  key: Buffer,
  isHashed: boolean
): Promise<void> {
  const type = readKey(key)?.type ?? '';
  const line = `${isHashed ? hashName(name) : name} ${type} ${key.toString('base64')}\n`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const end = Buffer.alloc(1, '\n');
      if (size > 0) {
        await handle.read(end, 0, 1, size - 1);
      }
      // A last line that was not ended would swallow ours.
      await handle.appendFile(end.toString('latin1') === '\n' ? line : `\n${line}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    fileError(file)(cause);
  }
}
