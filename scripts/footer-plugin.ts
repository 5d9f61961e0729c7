import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { describePolicies } from '../src/cache/describe.ts';

/** What of package.json says where the project is. */
interface Project {
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * Links the page's footer to source and docs, as far as package.json says where they are, and to where each caching method
 * was published.
 */
export function footerLinks(root: string): Plugin {
  return {
    name: 'footer-links',
    transformIndexHtml(html) {
      const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Project;
      const put = (links: readonly string[]) => () => links.join('\n      ');
      return html
        .replace('<!-- source and docs -->', put(projectLinks(project)))
        .replace('<!-- methods -->', put(methodLinks(describePolicies())));
    },
  };
}

/** Links to what package.json names. */
export function projectLinks({ homepage, repository }: Project): string[] {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const source = url?.replace(/^git\+/, '').replace(/\.git$/, '');
  return [...(source ? [link(source, 'Source')] : []), ...(homepage ? [link(homepage, 'Docs')] : [])];
}

/** Links to where methods were published, by the name that the field has for them. */
export function methodLinks(methods: readonly { readonly title: string; readonly source?: string }[]): string[] {
  return methods.flatMap(({ title, source }) => (source ? [link(source, /\((.+)\)$/.exec(title)?.[1] ?? title)] : []));
}

function link(address: string, text: string): string {
  return `<a href="${address}">${text}</a>`;
}
