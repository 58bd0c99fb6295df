import type { ClusterOptions } from '../../contract';

/** Options that are filled in as lines of text. */
export const LINES: ReadonlySet<string> = new Set(['prologue', 'environment', 'directives']);

/** Those of them whose lines are `NAME=value`. */
const PAIRS: ReadonlySet<string> = new Set(['environment', 'directives']);

/** An option as it stands in its field; undefined: the field is empty. */
export function optionText(name: string, value: unknown): string | number | boolean | undefined {
  if (name === 'schedulerPort' && Array.isArray(value)) {
    return value.map(String).join(':');
  }
  if (Array.isArray(value)) {
    return value.map(String).join('\n');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, text]) => `${key}=${String(text)}`)
      .join('\n');
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** What a field means, as the contract takes it; what cannot be read is left for the contract to refuse. */
export function optionOf(name: string, filled: unknown): unknown {
  if (typeof filled !== 'string') {
    return filled;
  }
  const lines = filled.split('\n').map(line => line.trimEnd());
  switch (name) {
    case 'prologue':
      return lines.filter((line, i) => line !== '' || i < lines.length - 1);
    case 'environment':
    case 'directives':
      return Object.fromEntries(lines.filter(line => line.trim() !== '').map(pairOf));
    case 'schedulerPort': {
      const ports = filled.split(':').map(Number);
      return ports.length === 1 ? ports[0] : ports;
    }
    default:
      return filled;
  }
}

/** Options as they stand in the fields of the form. */
export function optionTexts(options: ClusterOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      const text = optionText(name, value);
      return text === undefined ? [] : [[name, text]];
    })
  );
}

/** The first line that is no pair where pairs are asked for; null: there is none. */
export function wrongLine(name: string, filled: unknown): string | null {
  const lines = PAIRS.has(name) && typeof filled === 'string' ? filled.split('\n') : [];
  return lines.find(line => line.trim() !== '' && !line.includes('=')) ?? null;
}

function pairOf(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
