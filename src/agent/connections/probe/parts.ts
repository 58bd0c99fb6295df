/** What one part of the probe said, and the exit status it ended with. */
export interface IPart {
  readonly text: string;
  readonly status: number;
}

/** What the probe said before its parts began, and the parts that ended. */
export interface IParts {
  readonly user: string | null;
  readonly node: string | null;
  readonly ended: ReadonlyMap<string, IPart>;
}

/** Reads the output of the probe, also of one that was cut off. */
export function parseParts(stdout: string): IParts {
  const texts = new Map<string, string[]>();
  const ended = new Map<string, IPart>();
  // What comes after the last line end may be half a line.
  for (const line of stdout.split('\n').slice(0, -1)) {
    const found = /^([a-z]+\d*)([:=])(.*)$/.exec(line);
    const [, name = '', mark, rest = ''] = found ?? [];
    if (mark === ':') {
      texts.set(name, [...(texts.get(name) ?? []), rest]);
    } else if (mark === '=' && /^\d+$/.test(rest)) {
      ended.set(name, { text: (texts.get(name) ?? []).join('\n').trim(), status: Number(rest) });
    }
  }
  return { user: texts.get('user')?.[0] ?? null, node: texts.get('node')?.[0] ?? null, ended };
}
