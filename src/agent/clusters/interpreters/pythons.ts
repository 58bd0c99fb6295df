import type { IHost } from '../../connections/hosts/host';

/** Prints the Python on PATH and those of conda's environments, whether they are there or not. */
const SCRIPT = `command -v python3
cat "$HOME/.conda/environments.txt" 2>/dev/null | while read -r folder; do
  [ -x "$folder/bin/python" ] && printf '%s\\n' "$folder/bin/python"
done
:`;

const MOST = 30;

/** The Pythons of a host that are worth a look: that of the connection first. Throws as the host. */
export async function listPythons(
  host: IHost,
  home: string,
  chosen: string | undefined
): Promise<string[]> {
  const ran = await host.run(['/bin/sh', '-c', SCRIPT], {
    signal: new AbortController().signal,
    timeoutMs: 30_000,
    maxOutputBytes: 100_000
  });
  const found = ran.end === 'exited' ? ran.stdout.split('\n') : [];
  const all = [chosen?.replace(/^~(?=\/)/, home) ?? '', ...found];
  const paths = all.filter(path => /^\/[^\p{C}]*$/u.test(path));
  return [...new Set(paths)].slice(0, MOST);
}
