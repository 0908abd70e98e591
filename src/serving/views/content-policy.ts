/** For what users wrote: no scripts, no forms, no origin of ours, whatever it is. */
export const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** On every answer, refusals included. A path may be secret, and so may be a key in it. */
export const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  vary: 'authorization, authentication',
} as const;
