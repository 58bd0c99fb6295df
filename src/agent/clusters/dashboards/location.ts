/**
 * Where a redirect of a dashboard leads, said relative to the page that was asked for, so that it
 * holds below any address. Null where it leads out of the dashboard.
 *
 * @param name what the dashboard was called in `Host`
 * @param prefix what all its paths begin with
 * @param path what was asked, without its first slash
 */
export function relativeLocation(
  location: string,
  { name, prefix, path }: { name: string; prefix: string; path: string }
): string | null {
  const asked = `http://${name}${prefix}/${path}`;
  if (!URL.canParse(location, asked)) {
    return null;
  }
  const to = new URL(location, asked);
  if (to.origin !== new URL(asked).origin || !to.pathname.startsWith(`${prefix}/`)) {
    return null;
  }
  const up = '../'.repeat(path.split('/').length - 1);
  return `./${up}${to.pathname.slice(prefix.length + 1)}${to.search}`;
}
