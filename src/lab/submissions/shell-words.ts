/** A line as a shell would take it apart: quotes and backslashes count, nothing is replaced. */
export type ShellWords = { readonly words: readonly string[] } | { readonly unclosed: '"' | "'" };

/** Takes a line apart into words; what is between quotes stays together. */
export function shellWords(line: string): ShellWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote === "'") {
      if (char === "'") {
        quote = null;
      } else {
        word = (word ?? '') + char;
      }
    } else if (char === '\\' && (quote === null ? next !== '' : /["\\$`]/.test(next))) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote === '"') {
      if (char === '"') {
        quote = null;
      } else {
        word = (word ?? '') + char;
      }
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) {
        words.push(word);
      }
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) {
    return { unclosed: quote };
  }
  return { words: word === null ? words : [...words, word] };
}

/** The line that is taken apart into these words. */
export function shellLine(words: readonly string[]): string {
  return words
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
