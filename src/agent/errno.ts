/** The system's word for what went wrong, such as `ENOENT`; null where there is none. */
export function errnoOf(cause: unknown): string | null {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : null;
  return typeof code === 'string' ? code : null;
}
