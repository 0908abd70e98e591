/** Text of a commit as PostgreSQL can store it: no NUL, no half surrogate pairs. */
export function recordedText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}
