import { chromium } from 'playwright-core';
import { findBrowser } from '../../../scripts/setup/browser.mjs';

/** What a browser makes of a video file. */
export interface Playback {
  readonly width: number;
  readonly height: number;
  /** Seconds. */
  readonly duration: number;
}

/** Loads a file into a `<video>` and decodes its last frame. @throws when the browser cannot. */
export async function play(bytes: Uint8Array, type: string): Promise<Playback> {
  const executablePath = process.env.CHROME_PATH ?? findBrowser();
  const browser = await chromium.launch({ channel: 'chromium', executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const url = `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    return await page.evaluate(async (source) => {
      const video = document.createElement('video');
      video.muted = true;
      video.src = source;
      await new Promise((resolve, reject) => {
        video.onloadeddata = resolve;
        video.onerror = () => reject(new Error(video.error?.message));
      });
      await new Promise((resolve, reject) => {
        video.onseeked = resolve;
        video.onerror = () => reject(new Error(video.error?.message));
        video.currentTime = video.duration - 0.01;
      });
      return { width: video.videoWidth, height: video.videoHeight, duration: video.duration };
    }, url);
  } finally {
    await browser.close();
  }
}
