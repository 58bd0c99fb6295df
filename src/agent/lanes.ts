/**
 * Does `work` for the numbers 0 to `count` - 1, in order and at most `width` at once. It holds no
 * promise per item, so a million items cost nothing. The first error ends it, and is thrown when what
 * was begun has ended.
 */
export async function lanes(
  count: number,
  width: number,
  work: (index: number) => Promise<void>
): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const lane = async () => {
    while (next < count) {
      try {
        await work(next++);
      } catch (error) {
        next = count;
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  if (errors.length > 0) {
    throw errors[0];
  }
}
