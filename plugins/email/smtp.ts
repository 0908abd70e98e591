import { dial, type Outcome, type PluginNet } from 'forgegate/sdk';
import { createTransport } from 'nodemailer';
import type { Message } from './message.js';
import { outcomeOfError, outcomeOfRefusals, type Refusal } from './outcome.js';

/** Of `smtp://` without a user; a password goes through TLS only. */
export type StartTls = 'required' | 'if_offered' | 'never';

export interface Way {
  /** `smtp://` or `smtps://`, with user and password where there are any. */
  readonly url: string;
  /** As which the gateway introduces itself. */
  readonly hostname: string;
  /** PEM; without it, those of the machine. */
  readonly ca: string | undefined;
  readonly tls: StartTls | undefined;
  readonly net: PluginNet;
  readonly signal: AbortSignal;
}

interface Sent {
  readonly accepted: readonly (string | { address: string })[];
  readonly rejectedErrors?: readonly Refusal[];
  readonly response: string;
}

/** One mail to some of its recipients. `accepted` are those whose mail the server has taken over. */
export async function sendMail(
  { url, hostname, ca, tls, net, signal }: Way,
  message: Message,
  recipients: readonly string[],
): Promise<{ outcome: Outcome; accepted: string[] }> {
  const server = serverOf(url, tls);
  const transport = createTransport({
    ...server,
    name: hostname,
    ...(ca !== undefined && { tls: { ca } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    // nodemailer would ask the resolver itself, past the rule about private addresses
    getSocket: (_options: unknown, done: (error: Error | null, socket?: object) => void) => {
      dial(net, server, signal).then((connection) => done(null, { connection }), done);
    },
  } as never);
  try {
    const envelope = { from: addressOf(message.from), to: [...recipients] };
    const sent = (await transport.sendMail({
      ...message,
      to: [...message.to],
      references: [...message.references],
      envelope,
      signal,
    } as never)) as unknown as Sent;
    const accepted = sent.accepted.map((one) => (typeof one === 'string' ? one : one.address));
    return { outcome: outcomeOfRefusals(sent.rejectedErrors ?? [], accepted.length), accepted };
  } catch (error) {
    return { outcome: outcomeOfError(error), accepted: [] };
  } finally {
    transport.close();
  }
}

function serverOf(url: string, tls: StartTls = 'if_offered') {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const requireTLS = !secure && (username !== '' || tls === 'required');
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS,
    ignoreTLS: !requireTLS && tls === 'never',
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  };
}

/** `Gateway <gateway@example.com>` without its name. */
const addressOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
