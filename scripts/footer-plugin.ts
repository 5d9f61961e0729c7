import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** What of package.json says where the project is. */
interface Project {
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/** Links the page's footer to source and docs, as far as package.json says where they are. */
export function footerLinks(root: string): Plugin {
  return {
    name: 'footer-links',
    transformIndexHtml(html) {
      const { homepage, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Project;
      const url = typeof repository === 'string' ? repository : repository?.url;
      const source = url?.replace(/^git\+/, '').replace(/\.git$/, '');
      const links = [
        ...(source ? [`<a href="${source}">Source</a>`] : []),
        ...(homepage ? [`<a href="${homepage}">Docs</a>`] : []),
      ];
      return html.replace('<!-- source and docs -->', links.join('\n      '));
    },
  };
}
