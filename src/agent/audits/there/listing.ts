import type { IHost } from '../../connections/hosts/host';
import { FIND, FIND_LINKED } from './find-script';
import { findThere, type IFaults } from './find';
import { linkedFolders, withLinked, type ISection } from './section';
import { SQUEEZERS } from './squeezed';

/**
 * Lists the outputs on another host, once for a whole audit: the output folder, and with it the
 * folders of datasets (absolute, without a slash at the end). Each section is shown as soon as it
 * is there; a folder that is a link to one takes a second `find`. What could not be listed is known
 * at the end. Throws as `findThere`.
 */
export async function listThere(
  host: Pick<IHost, 'start' | 'title'>,
  source: string,
  folders: readonly string[],
  show: (section: ISection) => void,
  signal: AbortSignal
): Promise<IFaults> {
  const held: ISection[] = [];
  const argv = ['sh', '-c', FIND, 'sh', source, SQUEEZERS.join(' ')];
  const take = (section: ISection) => {
    const isWhole = section.path === source || linkedFolders(section).length === 0;
    (isWhole ? show : (later: ISection) => held.push(later))(section);
  };
  const faults = await findThere(host, argv, folders, take, signal);
  if (held.length === 0) {
    return faults;
  }
  const linked = new Map<string, ISection>();
  const more = await findThere(
    host,
    ['sh', '-c', FIND_LINKED],
    held.flatMap(linkedFolders),
    section => linked.set(section.path, section),
    signal
  );
  held.forEach(section => show(withLinked(section, linked)));
  return { paths: new Map([...faults.paths, ...more.paths]), all: faults.all ?? more.all };
}
