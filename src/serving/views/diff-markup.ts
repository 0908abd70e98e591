import type { Diff } from '../../vcs/vcs.js';
import { html, Markup, escaped } from './html.js';

/** What a page shows of a difference; the whole of it is one link away. */
export const SHOWN_DIFF_BYTES = 256 * 1024;

/** Files with their counts, then the text. @param whole address of the whole difference */
export function diffMarkup({ files, text, truncated }: Diff, whole: string): Markup {
  if (files.length === 0) return html`<p class="dim">No file is changed.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
      <table>
        <caption class="dim">
          ${files.length === 1 ? '1 file' : `${files.length} files`} changed
        </caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Change</th>
            <th scope="col">Lines</th>
          </tr>
        </thead>
        <tbody>
          ${files.map(
            ({ path, oldPath, op, added, removed, binary }) =>
              html`<tr>
                <td>${path}${oldPath !== null && html`<br /><span class="dim">from ${oldPath}</span>`}</td>
                <td>${op}</td>
                <td class="nowrap">${binary ? 'binary' : `+${added} −${removed}`}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <pre class="diff" tabindex="0" aria-label="Difference">${linesOf(text)}</pre>
    ${truncated && html`<p>The difference is too long to be shown here: <a href="${whole}">all of it as text</a>.</p>`}`;
}

function linesOf(text: string): Markup {
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return new Markup(lines.map((line) => `<span${kindOf(line)}>${escaped(line) || ' '}</span>`).join(''));
}

function kindOf(line: string): string {
  if (line.startsWith('diff --git ')) return ' class="file"';
  if (line.startsWith('@@')) return ' class="hunk"';
  if (line.startsWith('+')) return ' class="add"';
  return line.startsWith('-') ? ' class="del"' : '';
}
