/**
 * What holds for one destination: names of settings in lower case, as `ssh -G` prints them. A
 * setting that may be given several times, or has a list of files, has a value for each.
 */
export type SshSettings = ReadonlyMap<string, readonly string[]>;

/** Settings whose one line is a list of files. */
const FILE_LISTS = new Set(['userknownhostsfile', 'globalknownhostsfile']);

/** Reads what `ssh -G` prints. A line that is none of its own is passed over. */
export function parseSshSettings(text: string): SshSettings {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z0-9]+) (.+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      const key = name.toLowerCase();
      const values = FILE_LISTS.has(key) ? splitFiles(value) : [value];
      settings.set(key, [...(settings.get(key) ?? []), ...values]);
    }
  }
  return settings;
}

/** The first value of a setting; null where it is absent or says `none`. */
export function settingOf(settings: SshSettings, name: string): string | null {
  const [value = 'none'] = settings.get(name) ?? [];
  return value.toLowerCase() === 'none' ? null : value;
}

/** A setting that is yes or no; OpenSSH prints some of them as true or false. */
export function isOn(settings: SshSettings, name: string, otherwise = false): boolean {
  const value = settingOf(settings, name)?.toLowerCase();
  return value === undefined ? otherwise : ['yes', 'true', 'always'].includes(value);
}

/** `ssh -G` quotes nothing: a part that begins no path belongs to the one before, after a space. */
function splitFiles(value: string): string[] {
  return value.split(/ (?=[/~%$]|none$)/).filter(file => file !== '');
}
