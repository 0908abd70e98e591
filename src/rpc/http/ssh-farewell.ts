const TEXT =
  'SSH is not served here; use an http:// or https:// address, with your name and password or an API key';
const DISCONNECT = 1;
const BY_APPLICATION = 11;
const BLOCK = 8;
const LEAST_PADDING = 4;

/** Whether somebody took the port for that of SSH. @param packet what he sent */
export const isSsh = (packet: Buffer | undefined): boolean => packet?.toString('latin1', 0, 4) === 'SSH-';

/** A greeting and SSH_MSG_DISCONNECT (RFC 4253), whose text ssh shows to its user. */
export function sshFarewell(): Buffer {
  const payload = Buffer.concat([
    Buffer.from([DISCONNECT]),
    uint32(BY_APPLICATION),
    string(TEXT),
    string(''),
  ]);
  const padding = BLOCK - ((payload.length + 5 + LEAST_PADDING) % BLOCK) + LEAST_PADDING;
  return Buffer.concat([
    Buffer.from('SSH-2.0-forgegate\r\n'),
    uint32(payload.length + padding + 1),
    Buffer.from([padding]),
    payload,
    Buffer.alloc(padding),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const string = (text: string) => Buffer.concat([uint32(text.length), Buffer.from(text)]);
