import type { HostedPage } from '../../plugin-host/contributions.js';

/** The pages of plugins by their paths: an exact one first, then the longest that takes what is below it. */
export class PageTable {
  private readonly pages = new Map<string, Map<string, HostedPage>>();

  add(page: HostedPage): void {
    const own = this.pages.get(page.pluginId) ?? new Map<string, HostedPage>();
    this.pages.set(page.pluginId, own.set(page.name, page));
  }

  remove({ pluginId, name }: HostedPage): void {
    this.pages.get(pluginId)?.delete(name);
  }

  /**
   * @param path below the plugin's own, with a leading slash
   * @returns the page, and what of the path is below it
   */
  find(pluginId: string, path: string): { page: HostedPage; rest: string } | null {
    const own = this.pages.get(pluginId);
    const exact = own?.get(path);
    if (exact) return { page: exact, rest: '' };
    for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const page = own?.get(`${path.slice(0, end)}/*`);
      if (page) return { page, rest: path.slice(end + 1) };
      if (end === 0) break;
    }
    return null;
  }
}
