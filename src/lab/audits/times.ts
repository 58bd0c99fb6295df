import type { TranslationBundle } from '@jupyterlab/translation';

/** How long ago a moment was, in words. */
export function ago(moment: string, trans: TranslationBundle, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(moment)) / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) {
    return trans.__('just now');
  }
  if (hours < 1) {
    return trans._n('%1 minute ago', '%1 minutes ago', minutes);
  }
  if (hours < 24) {
    return trans._n('%1 hour ago', '%1 hours ago', hours);
  }
  return new Date(moment).toLocaleDateString();
}

/** How long something took, in words. */
export function duration(from: string, to: string, trans: TranslationBundle): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (seconds < 60) {
    return trans.__('%1 s', seconds < 10 ? seconds.toFixed(1) : Math.round(seconds));
  }
  return trans.__('%1 min %2 s', Math.floor(seconds / 60), Math.round(seconds % 60));
}
