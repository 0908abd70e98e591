import contentDisposition from 'content-disposition';

/** `Content-Disposition` with the name in ASCII for old programs, and as it is for all others. */
export function dispositionOf(type: 'inline' | 'attachment', fileName: string): string {
  return contentDisposition(fileName, { type, fallback: fileName.replace(/[^\x20-\x7e]/g, '?') });
}
