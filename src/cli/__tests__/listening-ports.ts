import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** TCP ports that a process listens on, by the tables of the system. */
export async function listeningPorts(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map(fd => readlink(join(folder, fd)).catch(() => ''))
  );
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(name => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => ''))
  );
  return tables.flatMap(table =>
    table.split('\n').flatMap(line => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const isListening = state === '0A' && links.includes(`socket:[${inode}]`);
      return isListening ? Number.parseInt(local.split(':')[1] ?? '', 16) : [];
    })
  );
}
