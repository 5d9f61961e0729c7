import type { Page } from 'playwright-core';

/** Drops files or folders of this machine on the page, as the system's file manager would. */
export async function drop(page: Page, ...paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 40, y: 40, data });
  }
  await session.detach();
}
