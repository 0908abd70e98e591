/** A line of git's protocol: four hex digits of length, the text. */
export const packetLine = (text: string) =>
  `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;

export const FLUSH = '0000';

/** What comes before the refs: only the newest version of fetching goes without. */
export const serviceHeader = (service: string) => packetLine(`# service=git-${service}\n`) + FLUSH;

/** Instead of refs; the client ends with `fatal: remote error: ...`. */
export const errorLine = (message: string) => packetLine(`ERR ${message}`);

const FATAL_BAND = '\x03';

/** Instead of the result of a push. */
export const fatalBand = (message: string) => packetLine(`${FATAL_BAND}${message}\n`) + FLUSH;

const LOOKED_AT_BYTES = 64 * 1024;

/** Watches the answer of upload-pack for the beginning of a pack: only then something is fetched. */
export class PackWatch {
  private seen = '';
  private length = 0;
  isPack = false;

  push(chunk: Buffer): void {
    if (this.isPack || this.length >= LOOKED_AT_BYTES) return;
    this.length += chunk.length;
    // The words may be cut; what came before is short
    this.seen = this.seen.slice(-16) + chunk.toString('latin1');
    // Version 2 says so; before it stood in the first band, or bare when the client knows no bands
    // oxlint-disable-next-line no-control-regex
    this.isPack = /packfile\n|\x01PACK|NAK\nPACK|[0-9a-f]{40}\nPACK/.test(this.seen);
  }
}
