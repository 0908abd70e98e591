const LONGEST = 2_000;
/** Of one line, from each of its ends: programs repeat what they were sent behind what they think of it. */
const LONGEST_PART = 500;
const LONG_LINE = new RegExp(`([^\\n]{${LONGEST_PART}})[^\\n]+?([^\\n]{${LONGEST_PART}})(?=\\n|$)`, 'g');

/** Output of a child made fit for the log: no credentials, no directories of this machine, no control characters. */
export function cleanDiagnostics(text: string, secrets: readonly string[] = []): string {
  let cleaned = text.slice(-4 * LONGEST);
  for (const secret of secrets) if (secret !== '') cleaned = cleaned.replaceAll(secret, '***');
  return cleaned
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*@/gi, '$1')
    .replace(/file:\/\/[^\s'"]+/gi, 'file://<path>')
    .replace(/(^|[^\w:/.])(?:\/[^\s/'":;,)\]]+)+\/?/g, '$1<path>')
    .replace(/\r/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(LONG_LINE, '$1 ... $2')
    .trim()
    .slice(-LONGEST);
}
