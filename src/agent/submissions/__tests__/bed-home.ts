import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BedAgent } from '../../clusters/__tests__/bed';

/** Runs as the bed's user, who alone may write there. */
const READY = `import os, sys
home, text, *names = sys.argv[1:]
os.chdir(home)
for folder in ("out", "data"):
    os.mkdir(folder)
open("program.py", "w").write(text)
for name in names:
    open("data/" + name, "w").close()`;

/** Gives the user of the bed an analysis: `program.py`, an output folder, and empty input files in `data`. */
export async function makeHome(
  agent: BedAgent,
  program: string,
  names: readonly string[]
): Promise<void> {
  await agent.say('python3', '-c', READY, agent.home, program, ...names);
}

/** How often the program ran each file, in words of `grep -c`. */
export function timesRun(agent: BedAgent, names: readonly string[]): Promise<string[]> {
  return Promise.all(
    names.map(name => agent.say('grep', '-c', 'once', `${agent.home}/out/${name}.ran`))
  );
}

/** A PATH where a script stands before a program of `bin`, which is REAL in it. */
export async function standIn(
  bin: string,
  program: string,
  script: string
): Promise<{ readonly path: string; remove: () => Promise<void> }> {
  const own = await mkdtemp(join(tmpdir(), 'bin-'));
  await chmod(own, 0o755);
  const text = `#!/bin/sh\n${script.replaceAll('REAL', `${bin}/${program}`)}\n`;
  await writeFile(join(own, program), text, { mode: 0o755 });
  return { path: `${own}:${bin}`, remove: () => rm(own, { recursive: true, force: true }) };
}
