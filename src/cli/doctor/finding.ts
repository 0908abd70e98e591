/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  /** `note`: it works, and there is something to know. */
  readonly state: 'ok' | 'note' | 'broken';
  /** What is there, or what is wrong. */
  readonly text: string;
  readonly remedy?: string;
}

export const ok = (what: string, text: string): Finding => ({ what, state: 'ok', text });
export const note = (what: string, text: string, remedy?: string): Finding => ({
  what,
  state: 'note',
  text,
  ...(remedy !== undefined && { remedy }),
});
export const broken = (what: string, text: string, remedy: string): Finding => ({
  what,
  state: 'broken',
  text,
  remedy,
});
