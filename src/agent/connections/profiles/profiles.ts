import { SUBMIT_PROGRAM } from '../../../contract';
import type { Connection, ConnectionProfile, ProfileProblem } from '../../../contract';
import type { Environment } from '../../run';
import { BUILT_IN } from './built-in';
import type { IConfigFolders } from './config-folders';
import { bothLimits } from './limits';
import { findOnPath } from './on-path';
import { ProfileFiles } from './profile-files';
import type { IReadFile } from './profile-files';
import { UserFile } from './user-file';

/** A profile, where it comes from, and whether it can be used here. */
export type IKnownProfile = Pick<Connection, 'profile' | 'origin' | 'file' | 'unusable'>;

/** All profiles in the order they are shown, and what is wrong with their files. */
export interface IProfiles {
  readonly known: ReadonlyMap<string, IKnownProfile>;
  readonly problems: readonly ProfileProblem[];
}

/**
 * The profiles of this user here: built in, then those of the site's files, then the user's own; a
 * later one takes the place of an earlier one of the same id.
 */
export class Profiles {
  constructor(
    private readonly _folders: IConfigFolders,
    private readonly _env: Environment
  ) {
    this.own = new UserFile(_folders.userFile);
  }

  /** Those that the user may change. */
  readonly own: UserFile;

  /** Looks at all files; those that did not change are not read again. */
  async load(): Promise<IProfiles> {
    const { site, userFile } = this._folders;
    const siteFiles = await this._files.readFolders(site, userFile);
    const own = await this._files.read(userFile);
    const all = own === null ? siteFiles : [...siteFiles, own];
    const hidden = new Set(all.flatMap(({ hide }) => hide));
    const merged = new Map<string, Omit<IKnownProfile, 'unusable'>>();
    for (const profile of BUILT_IN) {
      if (!hidden.has(profile.id)) {
        merged.set(profile.id, { profile, origin: 'built-in', file: null });
      }
    }
    siteFiles.forEach(file => add(merged, file, 'site'));
    if (own !== null) {
      add(merged, own, 'user');
    }
    const entries = [...merged].map(async ([id, found]) => {
      const unusable = await this.unusable(found.profile);
      return [id, { ...found, unusable }] as const;
    });
    const known = new Map<string, IKnownProfile>(await Promise.all(entries));
    return { known, problems: all.flatMap(({ problems }) => problems) };
  }

  /** Why a profile cannot be used here: the program it needs is not on PATH. Null where it can. */
  async unusable({ host, backend }: ConnectionProfile): Promise<string | null> {
    const program =
      host.kind === 'local' ? SUBMIT_PROGRAM[backend] : host.client === 'openssh' ? 'ssh' : null;
    return program === null || (await findOnPath(program, this._env)) !== null
      ? null
      : `${program} is not on PATH`;
  }

  private readonly _files = new ProfileFiles();
}

function add(
  merged: Map<string, Omit<IKnownProfile, 'unusable'>>,
  { file, profiles }: IReadFile,
  origin: 'site' | 'user'
): void {
  for (const profile of profiles) {
    const earlier = merged.get(profile.id);
    // What a site allows at most holds for what a user makes of its profile, too.
    const limits =
      earlier?.origin === 'site' && origin === 'user'
        ? bothLimits(profile.limits, earlier.profile.limits)
        : profile.limits;
    merged.set(profile.id, { profile: { ...profile, limits }, origin, file });
  }
}
