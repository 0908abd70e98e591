const LONGEST = 2_000;

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
    .trim()
    .slice(-LONGEST);
}
