const EACH_BEYOND_ASCII = /[\u0080-\uffff]/g;

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text with everything beyond ASCII as `\uXXXX`: what old clients read whatever charset they assume. */
export const asciiJson = (json: string): string =>
  Buffer.byteLength(json) === json.length ? json : json.replace(EACH_BEYOND_ASCII, escaped);
