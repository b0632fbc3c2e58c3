/** Says on the standard error what was not done. @returns the exit code 1. */
export function complain(text: string): number {
  process.stderr.write(`tollgate: ${text}\n`);
  return 1;
}

/** Prints lines. @returns the exit code: 1 where what they say is not good. */
export function print(lines: readonly string[], isGood = true): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  return isGood ? 0 : 1;
}
