import { HepbatchError } from '../../../contract';

const MB_OF = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 } as const;

/**
 * A size as the field writes it, in MB of 1024 * 1024 bytes, rounded up: `10GB` is 10240, `8000MB` and
 * 8000 are 8000. Throws `bad-request`.
 */
export function parseMb(size: string | number, field: string): number {
  const [, digits, unit, bytes] = /^(\d+(?:\.\d+)?)\s?([KMGT])?i?(B)?$/i.exec(String(size)) ?? [];
  if (digits === undefined) {
    throw wrong(field, size, 'a size such as 4GB');
  }
  const perUnit = unit === undefined && bytes !== undefined ? 1 / 1_048_576 : MB_OF[letter(unit)];
  const mb = Math.ceil(Number(digits) * perUnit);
  if (mb < 1 || !Number.isSafeInteger(mb)) {
    throw wrong(field, size, 'a size above 0');
  }
  return mb;
}

/** Such as `08:00:00` or `2-00:00:00`, in seconds. Throws `bad-request`. */
export function parseWalltime(text: string): number {
  const [, days, hours, minutes, seconds] = /^(?:(\d+)-)?(\d+):(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (hours === undefined) {
    throw wrong('walltime', text, 'a time such as 08:00:00');
  }
  const all = [Number(days ?? 0) * 24 + Number(hours), Number(minutes), Number(seconds)];
  return all.reduce((sum, part) => sum * 60 + part, 0);
}

function letter(unit: string | undefined): keyof typeof MB_OF {
  switch (unit?.toUpperCase()) {
    case 'K':
      return 'K';
    case 'G':
      return 'G';
    case 'T':
      return 'T';
    default:
      return 'M';
  }
}

function wrong(field: string, value: string | number, what: string): HepbatchError {
  return new HepbatchError('bad-request', `options.${field}: ${value} is no ${what.slice(2)}`, {
    next: `Give ${what}.`
  });
}
