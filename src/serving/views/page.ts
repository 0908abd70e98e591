import { createHash } from 'node:crypto';
import { html, Markup } from './html.js';
import { STYLE } from './page-style.js';
import type { WholeAnswer } from './view.js';

/** Our own style and nothing else: no scripts, no forms, nothing from anywhere. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whole, because the policy allows exactly these bytes between the tags. */
const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);

export interface PageParts {
  status?: number;
  title: string;
  /** Where the reader is: links from the outside in. */
  trail?: readonly { text: string; href: string }[];
  main: Markup;
}

/** A page that works without scripts, for eyes and for screen readers. */
export function page({ status, title, trail = [], main }: PageParts): WholeAnswer {
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Forgegate</title>
        <link rel="icon" href="data:," />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          <nav aria-label="Where you are">
            <ol>
              ${trail.map(({ text: name, href }) => html`<li><a href="${href}">${name}</a></li>`)}
            </ol>
          </nav>
        </header>
        <main id="main">${main}</main>
        <footer><p>Forgegate · read-only page</p></footer>
      </body>
    </html> `;
  return {
    ...(status !== undefined && { status }),
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
    body: text,
  };
}

/** A time that people and programs can read; UTC. @param date or unix seconds */
export function time(date: Date | number): Markup {
  const iso = (typeof date === 'number' ? new Date(date * 1000) : date).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
