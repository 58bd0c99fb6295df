import { readFile, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import { prefixOf } from '../../connections/profiles/config-folders';
import { errnoOf } from '../../errno';
import type { Environment } from '../../run';
import type { IPython } from '../supervisor/launch';

/** A kernel of this machine whose Python can run other programs as well. */
export interface IKernel {
  readonly name: string;
  readonly title: string;
  readonly python: IPython;
}

const Spec = z.object({
  argv: z.array(z.string()).min(1),
  display_name: z.string().default(''),
  language: z.string().default(''),
  env: z.record(z.string(), z.string()).default({})
});

/** Jupyter's folders of data, the strongest first; as `jupyter --paths` has them. */
export function dataFolders(env: Environment, home: string): string[] {
  const more = (env['JUPYTER_PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const chosen = env['JUPYTER_DATA_DIR'] ?? '';
  const shared = env['XDG_DATA_HOME'] ?? '';
  const user =
    chosen !== ''
      ? chosen
      : join(isAbsolute(shared) ? shared : join(home, '.local', 'share'), 'jupyter');
  const prefix = prefixOf(env);
  const environment = prefix === null ? [] : [join(prefix, 'share', 'jupyter')];
  return [...more, user, ...environment, '/usr/local/share/jupyter', '/usr/share/jupyter'];
}

/** The Python kernels of this machine, by name; of two of one name the stronger folder's. */
export async function listKernels(env: Environment, home: string): Promise<IKernel[]> {
  const found = new Map<string, IKernel>();
  for (const folder of dataFolders(env, home)) {
    for (const name of await namesIn(join(folder, 'kernels'))) {
      const kernel = found.has(name) ? null : await readKernel(join(folder, 'kernels'), name, env);
      if (kernel !== null) {
        found.set(name, kernel);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The kernel of that name. Throws `not-found`. */
export async function findKernel(name: string, env: Environment, home: string): Promise<IKernel> {
  const all = await listKernels(env, home);
  const kernel = all.find(one => one.name === name);
  if (kernel === undefined) {
    const names = all.map(one => one.name).join(', ') || 'none';
    throw new HepbatchError('not-found', `There is no Python kernel ${name} on this machine.`, {
      next: `There are: ${names}.`
    });
  }
  return kernel;
}

async function readKernel(folder: string, name: string, env: Environment): Promise<IKernel | null> {
  const path = join(folder, name, 'kernel.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null; // a folder without a spec that we may read is no kernel
  }
  const spec = Spec.safeParse(asJson(text));
  const here = join(folder, name);
  const argv = spec.success
    ? pythonOf(
        spec.data.argv.map(word => word.replaceAll('{resource_dir}', here)),
        env
      )
    : null;
  return spec.success && argv !== null && spec.data.language.toLowerCase() === 'python'
    ? {
        name,
        title: spec.data.display_name || name,
        python: { argv, env: fillIn(spec.data.env, env) }
      }
    : null;
}

/**
 * What stands before `-m ipykernel_launcher` in the command of a kernel: its Python, and what it is
 * wrapped in. Null where it is started in another way, which says nothing of a Python.
 */
export function pythonOf(argv: readonly string[], env: Environment): string[] | null {
  const at = argv.findIndex(
    (word, i) => word === '-m' && /^(ipykernel|xpython)(_launcher)?$/.test(argv[i + 1] ?? '')
  );
  const [program, ...rest] = argv.slice(0, at);
  if (at < 1 || program === undefined) {
    return null;
  }
  // Jupyter starts a bare `python` with the Python it runs in itself.
  const own = env['HEPBATCH_PYTHON'] ?? '';
  const first = /^python(3(\.\d+)?)?$/.test(program) && own !== '' ? own : program;
  // That switch is for the debugger of a kernel.
  return [first, ...rest.filter(word => word !== '-Xfrozen_modules=off')];
}

/** As Jupyter does, `${NAME}` in a value stands for a variable of the server. */
function fillIn(
  values: Readonly<Record<string, string>>,
  env: Environment
): Record<string, string> {
  const filled = Object.entries(values).map(([name, value]) => [
    name,
    value.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, a: string | undefined, b: string | undefined) => {
      return env[a ?? b ?? ''] ?? whole;
    })
  ]);
  return Object.fromEntries(filled) as Record<string, string>;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => /^[A-Za-z0-9._-]{1,200}$/.test(name)).sort();
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errnoOf(cause) ?? '')) {
      return [];
    }
    throw cause;
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no spec, so no kernel
  }
}
