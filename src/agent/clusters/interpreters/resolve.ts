import { HepbatchError } from '../../../contract';
import type { ConnectionProfile, Interpreter } from '../../../contract';
import type { Environment } from '../../run';
import type { IPython } from '../supervisor/launch';
import { findKernel, listKernels } from './kernelspecs';

/** Where interpreters are looked for: this machine's environment, and what is known of the host. */
export interface IInterpreterWorld {
  /** Of this machine. */
  readonly env: Environment;
  readonly home: string;
  readonly isLocal: boolean;
  /** Home folder on the host. */
  readonly hostHome: string;
}

/** The kernel that JupyterLab offers first. */
const USUAL_KERNEL = 'python3';

/**
 * The Python that was chosen; without a choice that of the connection, then this Lab's usual kernel,
 * then the `python3` of the host. Throws `not-found`, and `unsupported` for a kernel elsewhere.
 */
export async function resolvePython(
  chosen: Interpreter | null,
  profile: ConnectionProfile,
  { env, home, isLocal, hostHome }: IInterpreterWorld
): Promise<IPython> {
  if (chosen?.kind === 'kernel') {
    if (!isLocal) {
      throw new HepbatchError(
        'unsupported',
        `The kernel ${chosen.name} is one of this machine, and the cluster runs on another.`,
        { next: 'Choose an interpreter of that host.' }
      );
    }
    return (await findKernel(chosen.name, env, home)).python;
  }
  const path = chosen?.path ?? profile.defaults.python;
  if (path !== undefined) {
    return { argv: [path.replace(/^~(?=\/)/, hostHome)], env: {} };
  }
  if (isLocal) {
    const kernels = await listKernels(env, home);
    const own = env['HEPBATCH_PYTHON'] ?? '';
    return (
      kernels.find(({ name }) => name === USUAL_KERNEL)?.python ?? {
        argv: [own === '' ? 'python3' : own],
        env: {}
      }
    );
  }
  return { argv: ['python3'], env: {} };
}
