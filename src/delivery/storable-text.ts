/** PostgreSQL stores neither NUL nor half a character; a receiver can send both. */
export function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
}
