/** A path of the file browser, without its drive, as the agent can open it. */
export function absolutePath(path: string, serverRoot: string): string {
  const typed = path.trim();
  if (typed === '' || typed.startsWith('/') || typed.startsWith('~') || typed.includes('://')) {
    return typed;
  }
  const root = serverRoot.replace(/\/+$/, '');
  return `${root}/${typed.replace(/^\.\//, '')}`;
}

/** A path of the agent as the file browser has it; null where it lies outside of the server's root. */
export function browserPath(path: string, serverRoot: string): string | null {
  const root = serverRoot.replace(/\/+$/, '');
  if (path === root) {
    return '';
  }
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

/** The folder of a path. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : cut === 0 ? '/' : path.slice(0, cut);
}

/** Where a resubmission JSON is saved if the user does not say: beside the samples JSON. */
export function resubmissionPath(samplesJson: string): string {
  return `${samplesJson.replace(/\.json$/, '')}_missing.json`;
}
