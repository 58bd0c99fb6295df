import type { Backend, Environment, PythonEnvironment } from '../../../contract';

/**
 * What a cluster of each backend needs; cryptography makes its certificate, bokeh its dashboard. What
 * plain jobs need is the program's affair.
 */
const NEEDED: Readonly<Record<Backend, readonly string[]>> = {
  'dask-local': ['distributed', 'cryptography'],
  'dask-htcondor': ['distributed', 'dask-jobqueue', 'cryptography'],
  'dask-lxplus': ['distributed', 'dask-lxplus', 'cryptography'],
  'dask-slurm': ['distributed', 'dask-jobqueue', 'cryptography'],
  'vanilla-local': [],
  'vanilla-htcondor': [],
  'vanilla-lxplus': [],
  'vanilla-slurm': []
};

/** Where these differ between client and workers, Dask warns or fails. */
const EQUAL = ['dask', 'distributed', 'msgpack', 'cloudpickle'] as const;

/** What is not installed there, by the names that pip knows. */
export function missingFor(
  backend: Backend,
  packages: Readonly<Record<string, string | null>>
): string[] {
  return NEEDED[backend].filter(name => (packages[name] ?? null) === null);
}

/** What differs between a kernel and an environment, each with what to do, in sentences. */
export function mismatchesOf(
  kernel: PythonEnvironment,
  { versions, path }: Pick<Environment, 'versions' | 'path'>
): string[] {
  const told: string[] = [];
  const minor = (version: string) => version.split('.').slice(0, 2).join('.');
  const there = versions['python'] ?? '';
  if (minor(kernel.python) !== minor(there)) {
    told.push(
      `Python is ${kernel.python} in the kernel and ${there} on the workers: functions may not arrive. Choose an environment with Python ${minor(kernel.python)}.`
    );
  }
  const differ = EQUAL.filter(name => {
    const [here, other] = [kernel.packages[name] ?? null, versions[name] ?? null];
    return other !== null && here !== other;
  });
  for (const name of differ) {
    const here = kernel.packages[name] ?? null;
    told.push(
      here === null
        ? `${name} is not installed in the kernel.`
        : `${name} is ${here} in the kernel and ${versions[name] ?? ''} on the workers.`
    );
  }
  if (differ.length > 0) {
    const pins = differ.map(name => `${name}==${versions[name] ?? ''}`).join(' ');
    told.push(
      `To make them equal: ${kernel.executable} -m pip install ${pins}; the workers have ${path}.`
    );
  }
  return told;
}
