import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';

const read = (path: string) => readFile(join(ROOT, path), 'utf8');
const project = JSON.parse(await read('package.json'));
const repository = project.repository.url.replace(/^git\+|\.git$/g, '');
const raw = repository.replace('https://github.com/', 'https://raw.githubusercontent.com/');

/** What a page of Markdown points at: in place, or by a name that is defined at its end. */
function targets(text: string): { target: string; isPicture: boolean }[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  const named = new Map([...prose.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, url]) => [name, url]));
  return [...prose.matchAll(/(!?)\[[^\]]*\](?:\(([^)\s]+)\)|\[([^\]]+)\])/g)].map(([, mark, inPlace, name]) => ({
    target: inPlace ?? named.get(name) ?? `nothing that is called ${name}`,
    isPicture: mark === '!',
  }));
}

/** The headings of a page as their addresses have them. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

async function checkPath(path: string, from: string): Promise<void> {
  const [file = '', anchor] = path.split('#');
  expect(existsSync(join(ROOT, file)), `${from}: ${path}`).toBe(true);
  if (anchor) expect(anchors(await read(file)), `${from}: ${path}`).toContain(anchor);
}

describe.each(['README.md', 'models/shapes/README.md'])("%s is whole on a registry's page", (page) => {
  test('each link and picture has a whole address, of something that is there', async () => {
    const found = targets(await read(page));
    expect(found.length).toBeGreaterThan(1);
    for (const { target, isPicture } of found) {
      expect(target).toMatch(/^https:\/\//);
      const own = new RegExp(`^(?:${repository}/(?:blob|tree)|${raw})/main/(.*)$`).exec(target);
      if (own?.[1]) await checkPath(own[1], page);
      else expect(isPicture, `${target} is a picture of others`).toBe(false);
      if (isPicture) expect(target.startsWith(`${raw}/`), `${target} gives a picture, not a page`).toBe(true);
    }
  });
});

test('pages of the documentation point at what is there', async () => {
  const pages = (await readdir(join(ROOT, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md'));
  for (const page of [...pages.map((name) => join('docs', name)), 'CONTRIBUTING.md']) {
    for (const { target } of targets(await read(page))) {
      if (/^https?:/.test(target)) continue;
      await checkPath(target.startsWith('#') ? page + target : join(dirname(page), target), page);
    }
  }
});

test('both packages say where they come from', async () => {
  const shapes = JSON.parse(await read('models/shapes/package.json'));
  for (const { license, author, repository: own, homepage, bugs, keywords, description } of [project, shapes]) {
    expect({ license, url: own.url, bugs }).toEqual({
      license: 'MIT',
      url: `git+${repository}.git`,
      bugs: `${repository}/issues`,
    });
    expect(homepage.startsWith(repository)).toBe(true);
    expect([author, description].every((text) => text.length > 5)).toBe(true);
    expect(keywords).toContain('text-to-video');
  }
  expect(shapes.version).toBe(project.version);
});
