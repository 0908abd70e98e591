import {
  blocked,
  delivered,
  HttpFailure,
  localFault,
  rejected,
  retry,
  socketFailure,
  type Outcome,
} from 'forgegate/sdk';

/** What a mail server said to one recipient. */
export interface Refusal {
  readonly recipient?: string;
  readonly responseCode?: number;
}

/** Where nodemailer says what the server thinks of this mail; its other codes are about the connection. */
const ON_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);

const isForGood = ({ responseCode = 0 }: Refusal): boolean => responseCode >= 500;

/** Of a mail that at least one recipient gets. Who is refused for a while only is tried again, alone. */
export function outcomeOfRefusals(refusals: readonly Refusal[], accepted: number): Outcome {
  const [later] = refusals.filter((refusal) => !isForGood(refusal));
  if (later)
    return retry(`SMTP_${later.responseCode ?? 0}`, {
      status: later.responseCode ?? 0,
      reason: `the mail server takes ${accepted} of ${accepted + refusals.length} recipients now`,
    });
  if (refusals.length === 0) return delivered('SMTP_250', { status: 250 });
  const reason = `${refusals.map(({ recipient, responseCode }) => `${recipient} (${responseCode})`).join(', ')} will never get it`;
  return delivered('SMTP_250', { status: 250, reason });
}

/** The mail server is the operator's: that it cannot be reached, or does not know us, is no fault of the subscription. */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof HttpFailure)
    return error.kind === 'blocked'
      ? blocked(error.code, { reason: `the mail server of FORGEGATE_SMTP_URL: ${error.message}` })
      : localFault(error.code, { reason: `the mail server of FORGEGATE_SMTP_URL: ${error.message}` });
  const {
    code = 'UNKNOWN',
    originalCode = '',
    responseCode: status,
    rejectedErrors = [],
  } = error as {
    code?: string;
    originalCode?: string;
    responseCode?: number;
    rejectedErrors?: Refusal[];
  };
  const failure = socketFailure({ code: originalCode });
  if (failure.code === 'TLS_FAILED') return outcomeOfError(failure);
  if (code === 'EAUTH')
    return localFault('SMTP_AUTH', {
      reason: 'the mail server refuses user and password of FORGEGATE_SMTP_URL',
    });
  if (code === 'ETLS' && status !== undefined)
    return localFault('SMTP_ETLS', {
      reason: 'the mail server of FORGEGATE_SMTP_URL offers no STARTTLS, and nothing may be sent without it',
    });
  if (status === undefined || status === 421 || !ON_THE_MAIL.has(code))
    return localFault(`SMTP_${code.replace(/[^A-Z]/g, '') || 'FAILED'}`, {
      reason: `the mail server of FORGEGATE_SMTP_URL failed (${code}${status === undefined ? '' : `, ${status}`})`,
    });
  const isFinal = rejectedErrors.length > 0 ? rejectedErrors.every(isForGood) : status >= 500;
  const details = { status, reason: `the mail server does not take the mail (${status})` };
  return isFinal ? rejected(`SMTP_${status}`, details) : retry(`SMTP_${status}`, details);
}
