import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  /** Of the envelope. */
  readonly to: readonly string[];
  /** As it came, without the transfer encoding of its parts. */
  readonly text: string;
  readonly headers: string;
}

interface SmtpSinkOptions {
  /** Offers STARTTLS with it. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Asks for it before it takes a mail, without TLS too if it offers none. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** A mail server on a real socket that keeps what it gets. */
export class SmtpSink {
  readonly mails: ReceivedMail[] = [];
  /** Who logged in, or tried to, and whether by TLS. */
  readonly logins: { user: string; secure: boolean }[] = [];
  /** Senders that were named, and whether by TLS; a mail may or may not have followed. */
  readonly senders: { address: string; secure: boolean }[] = [];
  /** Recipient -> what it is refused with. */
  readonly refusals = new Map<string, number>();
  /** What every mail is refused with, once it is there. */
  refusal: number | null = null;
  private readonly server: SMTPServer;

  private constructor({ tls, login }: SmtpSinkOptions) {
    this.server = new SMTPServer({
      ...tls,
      authOptional: login === undefined,
      allowInsecureAuth: tls === undefined,
      disableReverseLookup: true,
      disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
      onAuth: ({ username: user = '', password }, { secure }, done) => {
        this.logins.push({ user, secure });
        if (user === login?.user && password === login.password) done(null, { user });
        else done(Object.assign(new Error('no'), { responseCode: 535 }));
      },
      onMailFrom: ({ address }, { secure }, done) => {
        this.senders.push({ address, secure });
        done();
      },
      onRcptTo: ({ address }, _session, done) => {
        const code = this.refusals.get(address);
        done(code === undefined ? null : Object.assign(new Error('no'), { responseCode: code }));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.refusal !== null)
            return done(Object.assign(new Error('no'), { responseCode: this.refusal }));
          const raw = Buffer.concat(chunks).toString();
          this.mails.push({
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            headers: raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' '),
            text: unquoted(raw),
          });
          return done();
        });
      },
    });
    // A client that does not believe the certificate hangs up, which it would throw
    this.server.on('error', () => undefined);
  }

  static async start(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(options);
    const { server } = sink.server;
    sink.server.listen(0, '127.0.0.1');
    if (!server.listening) await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

const unquoted = (text: string): string =>
  text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
