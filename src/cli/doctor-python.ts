import * as z from 'zod';
import { run } from '../agent/run';
import type { ICheck } from './doctor-checks';
import type { ITerminal } from './terminal';

const PACKAGES = {
  hepbatch: 'the extension',
  jupyterlab: 'the sidebar',
  uproot: 'events of ROOT files',
  xrootd: 'files on XRootD',
  distributed: 'Dask',
  'dask-jobqueue': 'Dask on HTCondor and Slurm',
  'dask-lxplus': 'Dask on LXPLUS'
} as const;

const SCRIPT = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        found[name] = None
print(json.dumps({"version": "%d.%d.%d" % sys.version_info[:3], "path": sys.executable, "found": found}))
`;

const Said = z.object({
  version: z.string(),
  path: z.string(),
  found: z.record(z.string(), z.string().nullable())
});

/** Asks the Python that runs our helpers who it is and what it has. */
export async function pythonChecks(env: ITerminal['env']): Promise<ICheck[]> {
  const python = env['HEPBATCH_PYTHON'] ?? 'python3';
  const result = await run([python, '-c', SCRIPT, ...Object.keys(PACKAGES)], {
    env: { ...env, PYTHONSAFEPATH: '1' },
    cwd: '/',
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    maxOutputBytes: 100_000
  });
  const said = result.end === 'exited' && result.code === 0 ? parse(result.stdout) : null;
  if (said === null) {
    const why =
      result.end === 'not-started' ? result.message : result.stderr.trim().split('\n').at(-1);
    return [{ name: 'Python', state: 'failed', words: `${python} gave no answer: ${why ?? ''}` }];
  }
  return [
    { name: 'Python', state: 'ok', words: `${said.version}, ${said.path}` },
    ...Object.entries(PACKAGES).map(([name, what]): ICheck => {
      const version = said.found[name] ?? null;
      return version === null
        ? { name, state: 'absent', words: `not installed (${what})` }
        : { name, state: 'ok', words: version };
    })
  ];
}

function parse(stdout: string): z.output<typeof Said> | null {
  try {
    return Said.parse(JSON.parse(stdout));
  } catch {
    return null; // the caller says that there was no answer
  }
}
