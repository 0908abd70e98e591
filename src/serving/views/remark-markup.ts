import { html, type Markup } from './html.js';
import { time } from './page.js';

interface Remark {
  comment_id: number;
  username: string;
  text: string;
  f_path: string | null;
  line_no: string | null;
  created_on: Date;
}

/** A comment; `data-comment-id` is what clients look for. */
export function remarkMarkup({ comment_id, username, text, f_path, line_no, created_on }: Remark): Markup {
  return html`<article class="box" id="comment-${comment_id}" data-comment-id="${comment_id}">
    <p>
      <strong>${username}</strong>
      <span class="dim"
        >${time(created_on)}${
          f_path !== null &&
          html` on <code>${f_path}</code>${line_no !== null && html` line ${lineOf(line_no)}`}`
        }</span
      >
    </p>
    <div class="words">${text}</div>
  </article> `;
}

/** `n12` is line 12 of the new side, `o12` of the old one. */
const lineOf = (line: string) => `${line.slice(1)}${line.startsWith('o') ? ' before the change' : ''}`;
