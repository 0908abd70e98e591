import {
  eventNotice,
  type EventEnvelope,
  type EventNotice,
  type PullRequestShape,
  type RepositoryRef,
} from 'forgegate/sdk';

export interface Message {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** What the mail belongs to, so that mail programs show a pull request as one conversation. */
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
}

export interface Envelope {
  /** Of the delivery: a mail that comes twice has the same `Message-ID`. */
  readonly id: string;
  /** Of the gateway. */
  readonly hostname: string;
  readonly prefix: string;
  readonly from: string;
  readonly to: readonly string[];
}

export function compose(event: EventEnvelope, { id, hostname, prefix, from, to }: Envelope): Message {
  const notice = eventNotice(event);
  const { repository, pull_request } = event.data as {
    repository?: RepositoryRef;
    pull_request?: PullRequestShape;
  };
  return {
    from,
    to,
    subject: `${prefix} ${notice.title}`.trim(),
    messageId: `<${id}@${hostname}>`,
    references:
      repository && pull_request
        ? [`<pull-request.${repository.repo_id}.${pull_request.pull_request_id}@${hostname}>`]
        : [],
    // No out-of-office note comes back
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Forgegate-Event': event.type,
    },
    text: plain(notice, event.type),
    html: html(notice, event.type),
  };
}

function plain({ title, text, url, fields }: EventNotice, type: string): string {
  return [
    title,
    text,
    fields.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    url ?? '',
    `-- \n${type}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** No pictures, no scripts, no style sheet: mail programs show it as it is. */
function html({ title, text, url, fields }: EventNotice, type: string): string {
  const rows = fields.map(
    ({ name, value }) =>
      `<tr><td style="color:#666;padding-right:1em">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
  );
  return [
    '<!doctype html><html><body style="font-family:sans-serif">',
    `<p><b>${escaped(title)}</b></p>`,
    text === '' ? '' : `<div style="white-space:pre-wrap">${escaped(text)}</div>`,
    rows.length === 0 ? '' : `<table style="margin-top:1em">${rows.join('')}</table>`,
    url === null ? '' : `<p><a href="${escaped(url)}">${escaped(url)}</a></p>`,
    `<p style="color:#666">${escaped(type)}</p></body></html>`,
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
