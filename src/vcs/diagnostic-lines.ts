/** What is longer is no progress, and is not waited for. */
const LONGEST_LINE = 4_096;

/** Cuts standard error into lines, also at the carriage returns of progress, and keeps those that nobody takes. */
export class DiagnosticLines {
  private rest = '';

  constructor(
    private readonly takes: (line: string) => boolean,
    private readonly kept: (line: Buffer) => void,
  ) {}

  push(chunk: Buffer): void {
    const lines = (this.rest + chunk.toString('latin1')).split(/(?<=[\r\n])/);
    const last = lines.at(-1) ?? '';
    const isOpen = !/[\r\n]$/.test(last) && last.length < LONGEST_LINE;
    this.rest = isOpen ? (lines.pop() ?? '') : '';
    for (const line of lines) this.sort(line);
  }

  end(): void {
    if (this.rest !== '') this.sort(this.rest);
    this.rest = '';
  }

  private sort(line: string): void {
    if (!this.takes(line.trim())) this.kept(Buffer.from(line, 'latin1'));
  }
}
