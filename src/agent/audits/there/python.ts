import { HepbatchError } from '../../../contract';
import type { IHostProcess } from '../../connections/hosts/host';
import { run } from '../../run';
import type { Environment } from '../../run';
import type { IThere } from './there';

/** Prints the sources of modules as JSON: `[[name, source], ...]`. */
const SHOW = `
import importlib.util, json, sys
def source(name):
    with open(importlib.util.find_spec(name).origin, encoding="utf-8") as file:
        return file.read()
print(json.dumps([[name, source(name)] for name in sys.argv[1:]]))`;

/** Makes modules of such sources and runs the last one. */
const BEGIN = `
import json, os, sys, types
sources = json.loads(sys.argv.pop(1))
package = sys.modules["hepbatch"] = types.ModuleType("hepbatch")
package.__path__ = []
for name, text in sources:
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
os._exit(module.main())`;

/**
 * How modules of ours, which need nothing but each other, are started by the `python3` of another
 * host: hepbatch need not be installed there. The last one is run. Its sources are those of the Python here.
 */
export function pythonThere(
  { host }: IThere,
  env: Environment,
  modules: readonly string[],
  args: readonly string[]
): { name: string; start: () => Promise<IHostProcess> } {
  return {
    name: `${modules.at(-1) ?? ''} by python3 on ${host.title}`,
    start: async () => {
      const sources = await sourcesOf(env, modules);
      const variables = { PYTHONUNBUFFERED: '1' };
      return host.start(['python3', '-c', BEGIN, sources, ...args], { env: variables });
    }
  };
}

async function sourcesOf(env: Environment, modules: readonly string[]): Promise<string> {
  const python = env['HEPBATCH_PYTHON'] ?? 'python3';
  const result = await run([python, '-c', SHOW, ...modules], {
    env: { ...env, PYTHONSAFEPATH: '1' },
    cwd: '/',
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    maxOutputBytes: 1024 * 1024
  });
  if (result.end === 'exited' && result.code === 0) {
    return result.stdout.trim();
  }
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new HepbatchError('unreachable', `${python} does not know ${modules.join(', ')}: ${said}`, {
    next: 'Set HEPBATCH_PYTHON to the Python where hepbatch is installed.'
  });
}
